import { readdirSync, readFileSync } from "node:fs";
import { posix } from "node:path";

import { expect, test } from "vitest";

import { FAILURES } from "../src/workflow/failure.ts";
import { REFUSALS } from "../src/workflow/refusal.ts";
import { assistantClosure, pageTypes, verifierClosure } from "./architecture/closure.ts";
import {
  claims,
  claimsInProse,
  failureCatches,
  longFiles,
  notesToSelf,
  silencedTests,
  silentDefaults,
  unspokenCodes,
} from "./architecture/habits.ts";
import { stageViolations } from "./architecture/line-order.ts";
import { caViolations, processViolations, programViolations, verbViolations } from "./architecture/processes.ts";
import { impurities } from "./architecture/purity.ts";
import { ringViolations, seamViolations } from "./architecture/rings.ts";
import { filesBelow, ROOT, sourceFile, sourcesBelow, type Rule } from "./architecture/source.ts";

const house = sourcesBelow("src");
const everything = [...house, ...sourcesBelow("test")];

/** What a rule says of a house that consists of these files alone. */
const broken = (rule: Rule, files: Readonly<Record<string, string>>): readonly string[] =>
  rule(Object.entries(files).map(([path, text]) => sourceFile(path, text)));

test("rings look inward only, nobody but compose.ts names an adapter, and a folder without a place is a violation", () => {
  expect(ringViolations(house)).toEqual([]);
});

test.each([
  ["the workflow knows a seam", "src/workflow/a.ts", 'import type { Clock } from "../seams/clock.ts";'],
  ["a seam knows an adapter", "src/seams/clock.ts", 'import { c } from "../adapters/clock/c.ts";'],
  ["an adapter knows the harness", "src/adapters/clock/c.ts", 'import type { World } from "../../harness/world.ts";'],
  ["one adapter knows another", "src/adapters/clock/c.ts", 'import { host } from "../host/h.ts";'],
  ["the harness knows an adapter", "src/harness/run.ts", 'import { c } from "../adapters/clock/c.ts";'],
  ["the harness knows an adapter late", "src/harness/run.ts", 'const c = await import("../adapters/clock/c.ts");'],
  ["the harness knows a surface", "src/harness/run.ts", 'import { show } from "../cli/show.ts";'],
  ["a command composes", "src/cli/commands/run.ts", 'import { compose } from "../../compose.ts";'],
  ["a command knows an adapter", "src/cli/commands/run.ts", 'export * from "../../adapters/clock/c.ts";'],
  ["a command starts a surface", "src/cli/commands/serve.ts", 'await import("../../control-surface/serve.ts");'],
  ["one surface knows another", "src/mcp/server.ts", 'import { show } from "../cli/show.ts";'],
  ["the library is made of adapters", "src/index.ts", 'export * from "./adapters/clock/c.ts";'],
  ["a file knows the tests", "src/harness/run.ts", 'import { hand } from "../../test/fakes/clock.ts";'],
  ["an assistant composes", "src/mcp/server.ts", 'import { openHome } from "../compose.ts";'],
  ["a name is computed", "src/harness/run.ts", "await import(`../adapters/${kind}.ts`);"],
  ["the verifier knows the harness", "src/verifier/a.ts", 'import type { World } from "../harness/world.ts";'],
  ["the page knows an adapter", "src/verify-page/a.ts", 'import { c } from "../adapters/clock/c.ts";'],
  ["a new folder", "src/plugins/a.ts", ""],
  ["a new file beside compose.ts", "src/globals.ts", ""],
  ["a drawer", "src/harness/utils/a.ts", ""],
  ["a drawer of one file", "src/workflow/packet/helpers.ts", ""],
])("rings: %s, and it is found", (_, path, text) => {
  expect(broken(ringViolations, { [path]: text })).toHaveLength(1);
});

test.each([
  ["src/harness/run.ts", 'import type { Clock } from "../seams/clock.ts"; import { ok } from "../workflow/result.ts";'],
  ["src/adapters/clock/c.ts", 'import { h } from "./h.ts"; import type { Clock } from "../../seams/clock.ts";'],
  ["src/compose.ts", 'import { c } from "./adapters/clock/c.ts"; import type { World } from "./harness/world.ts";'],
  ["src/cli/main.ts", 'const { compose } = await import("../compose.ts");'],
  ["src/cli/main.ts", 'await import("../control-surface/serve.ts");'],
  ["src/cli/demo/play.ts", 'import { compose } from "../../compose.ts";'],
  ["src/harness/run.test.ts", 'import { c } from "../adapters/clock/c.ts";'],
])("rings: %s may say %s", (path, text) => {
  expect(broken(ringViolations, { [path]: text })).toEqual([]);
});

test("each seam has an adapter folder of its name, and each adapter folder a seam", () => {
  expect(seamViolations(house)).toEqual([]);
  expect(broken(seamViolations, { "src/seams/clock.ts": "", "src/adapters/clocks/c.ts": "" })).toHaveLength(2);
  expect(broken(seamViolations, { "src/seams/clock/wall.ts": "" })).toHaveLength(1);
});

test("the workflow does no I/O and knows no clock, environment or chance", () => {
  expect(impurities(house)).toEqual([]);
});

test.each([
  'import { readdirSync, readFileSync } from "node:fs";',
  'import path from "node:path";',
  'import { execa } from "execa";',
  'import { randomBytes } from "node:crypto";',
  'import { sign } from "node:crypto";',
  'import { generateKeyPairSync } from "node:crypto";',
  'import * as all from "node:crypto";',
  'import all from "node:crypto";',
  'const fs = await import("node:fs");',
  "const now = Date.now();",
  "const now = new Date();",
  "const chance = Math.random();",
  'const home = process.env["HOME"];',
  'const home = process["env"];',
  "const id = crypto.randomUUID();",
  "const now = performance.now();",
  'const page = await fetch("http://localhost");',
  "setTimeout(stop, 5);",
  'console.log("x");',
  "const here = import.meta.url;",
  "const all = globalThis;",
  "const order = a.localeCompare(b);",
  "const zone = at.getTimezoneOffset();",
  'const name = `${process.env["HOME"]}`;',
])("the workflow does no I/O: %s is found", (text) => {
  expect(broken(impurities, { "src/workflow/gate/a.ts": text })).toHaveLength(1);
  expect(broken(impurities, { "src/harness/a.ts": text })).toEqual([]);
});

test.each([
  'import { createHash, verify, type KeyObject } from "node:crypto";',
  'import { matchesGlob } from "node:path/posix";',
  "const at = new Date(ms).toISOString();",
  "const at = Date.parse(text);",
  '// Date.now() and process.env belong to the clock seam\nconst text = "Math.random()";',
  "const method = { fetch: 1, process: 2 };",
])("the workflow may say %s", (text) => {
  expect(broken(impurities, { "src/workflow/gate/a.ts": text })).toEqual([]);
});

test("a stage only knows the stages before it", () => {
  expect(stageViolations(house)).toEqual([]);
});

test.each<[string, Readonly<Record<string, string>>]>([
  ["a later stage", { "src/workflow/packet/a.ts": 'import type { Contract } from "../contract/contract.ts";' }],
  [
    "a later stage through a folder of its own",
    { "src/workflow/evidence/verify/a.ts": 'import { o } from "../../outcome/outcome.ts";' },
  ],
  [
    "a later stage through the root",
    {
      "src/workflow/contract/a.ts": 'import { b } from "../b.ts";',
      "src/workflow/b.ts": 'import type { Permit } from "./gate/permit.ts";',
    },
  ],
  ["the refusal tables past refusal.ts", { "src/workflow/packet/a.ts": 'import { t } from "../refusals/packet.ts";' }],
  ["anything, being a table", { "src/workflow/refusals/packet.ts": 'import { LIMITS } from "../limits.ts";' }],
  ["no place on the line", { "src/workflow/deploy/a.ts": "" }],
])("a stage that knows %s is found", (_, files) => {
  expect(broken(stageViolations, files)).toHaveLength(1);
});

test("R060 R058 only adapters/{target,sandbox,keys} start a process; a backend starts one through its Room", () => {
  expect(processViolations(house)).toEqual([]);
  for (const path of [
    "src/adapters/backend/case-backend.ts",
    "src/adapters/notices/outward-notices.ts",
    "src/harness/run.ts",
    "src/cli/demo/play.ts",
    "src/compose.ts",
  ])
    for (const module of ["node:child_process", "execa", "child_process", "node:worker_threads"])
      expect(broken(processViolations, { [path]: `import { spawn } from "${module}";` })).toHaveLength(1);
});

test("the programs inside the sandbox stand alone, and there is no other plain JavaScript in the house", () => {
  const programs = filesBelow("src", ".mjs", ".js", ".cjs").map((path) =>
    sourceFile(path, readFileSync(posix.join(ROOT, path), "utf8")),
  );
  expect(programViolations([...house, ...programs])).toEqual([]);
  expect(programs.filter(({ path }) => !path.startsWith("src/adapters/backend/programs/"))).toEqual([]);
  expect(broken(programViolations, { "src/adapters/backend/programs/a.mjs": 'import { z } from "zod";' })).toHaveLength(
    1,
  );
  expect(broken(programViolations, { "src/adapters/backend/a.ts": 'import "./programs/hand.mjs";' })).toHaveLength(1);
});

test("R060 only the case backend names the program ca", () => {
  expect(caViolations(house)).toEqual([]);
  expect(broken(caViolations, { "src/adapters/sandbox/a.ts": 'start(["/opt/case/bin/ca"]);' })).toHaveLength(1);
});

test("R076 R077 adapters/target has no verb that reaches another repository or joins another history", () => {
  expect(verbViolations(house)).toEqual([]);
});

test.each(["push", "fetch", "pull", "merge", "remote", "send-pack", "clone", "ls-remote", "rebase"])(
  "R076 R077 git %s in adapters/target is found",
  (verb) => {
    expect(
      broken(verbViolations, { "src/adapters/target/a.ts": `await git(door, ["${verb}", "origin"]);` }),
    ).toHaveLength(1);
    expect(
      broken(verbViolations, { "src/adapters/target/a.ts": `const verb = '${verb}'; await git(door, [verb]);` }),
    ).toHaveLength(1);
  },
);

test("R076 asking for an ancestor and reading remote names is no such verb", () => {
  const text =
    'await git(door, ["merge-base", "--is-ancestor", a, b]); const where = "refs/remotes/"; const key = "remote.origin.url";';
  expect(broken(verbViolations, { "src/adapters/target/a.ts": text })).toEqual([]);
});

test("R117 the verifier runs its own code, the forms of the files, and nothing else", () => {
  expect(verifierClosure(house)).toEqual([]);
  const verifier = "src/workflow/evidence/verify/verify.ts";
  expect(
    broken(verifierClosure, { [verifier]: 'import { judgeChanges } from "../../policy/judge-changes.ts";' }),
  ).toHaveLength(1);
  expect(broken(verifierClosure, { [verifier]: 'import { createHash } from "node:crypto";' })).toHaveLength(1);
  const page = "src/verify-page/page.ts";
  expect(broken(verifierClosure, { [page]: 'import { gate } from "../workflow/gate/gate.ts";' })).toHaveLength(1);
  expect(broken(verifierClosure, { [page]: 'import { webVerifyTools } from "../verifier/web-tools.ts";' })).toEqual([]);
  const schema = {
    [verifier]: 'import { s } from "../schemas/s.ts";',
    "src/workflow/evidence/schemas/s.ts": 'import { r } from "../report.ts";',
  };
  expect(broken(verifierClosure, schema)).toHaveLength(1);
  expect(broken(verifierClosure, { [verifier]: 'import type { Permit } from "../../gate/permit.ts";' })).toEqual([]);
});

test("an assistant is served by nothing that writes, signs, spawns or connects", () => {
  expect(assistantClosure(house)).toEqual([]);
  for (const text of [
    'import { readingOf } from "../harness/reading.ts";',
    'import { openHome } from "../compose.ts";',
    'import { ownKeys } from "../adapters/keys/harness-key.ts";',
    'import { writeFile } from "node:fs/promises";',
    'import { createServer } from "node:http";',
    'const { execa } = await import("execa");',
    "const home = process.env;",
    'await fetch("http://localhost");',
  ])
    expect(broken(assistantClosure, { "src/mcp/a.ts": text })).toHaveLength(1);
  const read = 'import type { Reading } from "../harness/reading.ts"; import { z } from "zod";';
  expect(broken(assistantClosure, { "src/mcp/a.ts": read })).toEqual([]);
});

test("what a page knows of our objects is types alone, and none of them leads to Node", () => {
  expect(pageTypes(house)).toEqual([]);
  const table = { "src/control-surface/api.ts": 'import type { RunObject } from "../harness/objects/run.ts";' };
  const object = "src/harness/objects/run.ts";
  expect(broken(pageTypes, { ...table, [object]: 'import type { Hash } from "node:crypto";' })).toHaveLength(1);
  expect(broken(pageTypes, { ...table, [object]: 'import { LIMITS } from "../../workflow/limits.ts";' })).toHaveLength(
    1,
  );
});

test("no silent default: a switch over a closed union ends in assertNever or in nothing", () => {
  expect(silentDefaults(house)).toEqual([]);
  const path = "src/harness/a.ts";
  expect(broken(silentDefaults, { [path]: "switch (a) { case 1: return b; default: return c; }" })).toHaveLength(1);
  expect(broken(silentDefaults, { [path]: "switch (a) { default: break; }" })).toHaveLength(1);
  expect(
    broken(silentDefaults, { [path]: "switch (a) { case 1: return b; default: return assertNever(a); }" }),
  ).toEqual([]);
  expect(broken(silentDefaults, { [path]: "const a = { default: 1 }; const b = { c, default: 2 };" })).toEqual([]);
});

test("a Failure is caught only where it ends a run, a command or a probe", () => {
  expect(failureCatches(house)).toEqual([]);
  const path = "src/harness/a.ts";
  expect(broken(failureCatches, { [path]: "if (error instanceof Failure) return undefined;" })).toHaveLength(1);
  expect(broken(failureCatches, { [path]: "if (!(error instanceof Failure)) throw error;" })).toHaveLength(1);
  expect(broken(failureCatches, { [path]: "if (error instanceof Failure && late) throw error;" })).toHaveLength(1);
  expect(broken(failureCatches, { [path]: "if (error instanceof Failure) throw error;" })).toEqual([]);
  expect(
    broken(failureCatches, { [path]: 'if (error instanceof Failure || !("code" in error)) throw error;' }),
  ).toEqual([]);
});

test("every code of a refusal or a failure is given somewhere", () => {
  expect(unspokenCodes([...Object.keys(REFUSALS), ...Object.keys(FAILURES)])(house)).toEqual([]);
  expect(
    broken(unspokenCodes(["gate/a", "gate/b"]), {
      "src/workflow/gate/a.ts": '// "gate/a"\nconst no = refusal("gate/b", {});',
    }),
  ).toEqual(["gate/a"]);
});

test("no file but a table of texts or bounds is longer than 250 lines", () => {
  expect(longFiles(house)).toEqual([]);
});

test("every test runs, and nothing is put off in a comment", () => {
  expect(silencedTests(everything)).toEqual([]);
  expect(notesToSelf(everything)).toEqual([]);
  expect(
    broken(silencedTests, {
      "src/a.test.ts": 'test.only("a", b); test.concurrent.skip("c", d); describe.todo("e"); fit("f", g);',
    }),
  ).toHaveLength(4);
  expect(broken(notesToSelf, { "src/a.ts": "// TODO later\n/* FIXME */" })).toHaveLength(2);
});

test("R144 no text of the product claims to be compliant or certified, or to meet a norm", () => {
  expect(claims(house)).toEqual([]);
  expect(broken(claims, { "src/cli/a.ts": "const a = `This run is ${word} compliant`;" })).toHaveLength(1);
  expect(broken(claims, { "src/workflow/evidence/a.ts": 'const a = "meets SOC 2";' })).toHaveLength(1);
});

// The glossary names these words to say that they are not used.
const PROSE = [
  ...filesBelow("docs", ".md"),
  ...readdirSync(ROOT).filter((name) => name.endsWith(".md") && name !== "CONTEXT.md"),
];

test.each(PROSE)("R144 %s claims nothing of the kind either", (path) => {
  expect(claimsInProse(path, readFileSync(posix.join(ROOT, path), "utf8"))).toEqual([]);
});
