import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";

import { digestOf } from "../../src/workflow/digest.ts";
import { admit, ADMISSION, makeGround, POLICY, type Ground } from "../journeys/ground.ts";
import { jsonOf, lookInto, runCto, STEERING } from "./cli.ts";

let ground: Ground;
beforeAll(async () => {
  ground = await makeGround();
  await lookInto(ground.home, async (world) => {
    await admit(world, ground);
  });
});
afterAll(() => ground.close());

const LIST = ".sot/03-PROTOCOLS/CTO-SAMPLE-ISSUES.md";
const ORIGIN = ".sot/03-PROTOCOLS/CTO-SAMPLE-ORIGIN.md";

const list = (changes: Readonly<Record<string, string>> = {}, body = "- `CTO-WORK-049` Align slugify"): string => {
  const values = {
    name: "cto-sample-issues",
    tier: "local",
    status: "validated",
    owner: "jp",
    source: ORIGIN,
    created: "2026-01-01",
    last_reviewed: new Date().toISOString().slice(0, 10),
    lifecycle_classification: "planning",
    core_promotion_status: "not-promoted",
    description: "What is to be done.",
    ...changes,
  };
  const lines = Object.entries(values).map(([key, value]) => `${key}: ${value}`);
  return `---\n${lines.join("\n")}\n---\n# Issues\n\nLocal planning SOT only. Not a Core Protocol. Not active Core authority.\n\n${body}\n`;
};

interface Found {
  readonly code: string;
  readonly severity: string;
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

const lint = async (): Promise<readonly Found[]> =>
  jsonOf(await runCto(["sot", "lint", "--json"], { home: ground.home }))["diagnostics"] as readonly Found[];

const placesOf = (all: readonly Found[]): readonly string[] =>
  all.map(({ severity, code, file, line, column }) => `${severity} ${code} ${path.basename(file)}:${line}:${column}`);

const withFiles = async (files: Readonly<Record<string, string>>, look: () => Promise<void>): Promise<void> => {
  const before = new Map<string, string | undefined>();
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(ground.home, name);
    before.set(file, await readFile(file, "utf8").catch(() => undefined));
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, text);
  }
  try {
    await look();
  } finally {
    for (const [file, text] of before) await (text === undefined ? rm(file) : writeFile(file, text));
  }
};

/** Findings that a home of the tests has by itself: its packet names no list that is there. */
let own: readonly string[] = [];
beforeAll(async () => {
  own = placesOf(await lint());
});
const beside = async (): Promise<readonly string[]> => placesOf(await lint()).filter((place) => !own.includes(place));

test("a home whose list is whole, and comes from a document that is there, adds no finding", async () => {
  expect(own.filter((place) => place.startsWith("error"))).toEqual([]);
  await withFiles({ [LIST]: list(), [ORIGIN]: "# Where it comes from\n" }, async () => {
    expect(await beside()).toEqual([]);
    const said = await runCto(["sot", "lint"], { home: ground.home });
    expect(said).toMatchObject({ exit: 0, stderr: "" });
    expect(said.stdout).toMatch(/0 errors, \d+ warnings? in \d+ documents\n$/);
  });
});

test.each<readonly [what: string, text: string, found: readonly string[]]>([
  ["a list without frontmatter", "- CTO-WORK-049 a\n", ["warning packet/frontmatter CTO-SAMPLE-ISSUES.md:1:1"]],
  ["another name", list({ name: "cto-other-issues" }), ["error packet/name-mismatch CTO-SAMPLE-ISSUES.md:2:7"]],
  ["a tier that only Core may give", list({ tier: "core" }), ["error packet/tier CTO-SAMPLE-ISSUES.md:3:7"]],
  [
    "an unknown lifecycle",
    list({ lifecycle_classification: "done" }),
    ["error packet/lifecycle CTO-SAMPLE-ISSUES.md:9:27"],
  ],
  ["another lifecycle of lists", list({ lifecycle_classification: "archive" }), []],
  [
    "an unknown promotion",
    list({ core_promotion_status: "yes" }),
    ["error packet/promotion CTO-SAMPLE-ISSUES.md:10:24"],
  ],
  ["an unknown key", list({ extra: "x" }), ["error packet/unknown-key CTO-SAMPLE-ISSUES.md:12:1"]],
  ["an old review", list({ last_reviewed: "2026-01-01" }), ["warning packet/stale-review CTO-SAMPLE-ISSUES.md:8:16"]],
  [
    "a review before its creation",
    list({ created: "2026-02-01", last_reviewed: "2026-01-31" }),
    ["error packet/dates CTO-SAMPLE-ISSUES.md:8:16", "warning packet/stale-review CTO-SAMPLE-ISSUES.md:8:16"],
  ],
  [
    "a source that is not there",
    list({ source: "docs/none.md" }),
    ["warning packet/source-missing CTO-SAMPLE-ISSUES.md:6:9"],
  ],
  ["a source outside", list({ source: "../../etc/passwd" }), ["error packet/source-path CTO-SAMPLE-ISSUES.md:6:9"]],
  [
    "itself as its source",
    list({ source: LIST }),
    ["error packet/source-path CTO-SAMPLE-ISSUES.md:6:9", "error contract/source-cycle CTO-SAMPLE-ISSUES.md:6:9"],
  ],
  [
    "a banner with one letter more",
    list().replace("Core authority.", "Core authorityy."),
    ["error packet/banner CTO-SAMPLE-ISSUES.md:15:1"],
  ],
  ["an id that is none", list({}, "- CTO-WORK-4 a"), ["error contract/work-id CTO-SAMPLE-ISSUES.md:17:1"]],
  [
    "an id twice",
    list({}, "- CTO-WORK-049 a\n- CTO-WORK-049 b"),
    ["error contract/work-repeated CTO-SAMPLE-ISSUES.md:18:1"],
  ],
  ["an id without a title", list({}, "- CTO-WORK-049"), ["error contract/work-untitled CTO-SAMPLE-ISSUES.md:17:1"]],
])("R010 R011 R012 R013 R016 a list with %s", async (_, text, expected) => {
  await withFiles({ [LIST]: text, [ORIGIN]: "# Where it comes from\n" }, async () => {
    expect((await beside()).toSorted()).toEqual(expected.toSorted());
    expect((await runCto(["sot", "lint"], { home: ground.home })).exit).toBe(
      expected.some((place) => place.startsWith("error")) ? 3 : 0,
    );
  });
});

test("R012 a chain of sources that comes back is told at each of its documents, whatever leads into it", async () => {
  const other = ".sot/03-PROTOCOLS/CTO-OTHER-ISSUES.md";
  const files = {
    [LIST]: list({ source: other }),
    [other]: list({ name: "cto-other-issues", source: LIST }, "- CTO-WORK-051 b"),
    ".sot/03-PROTOCOLS/CTO-THIRD-ISSUES.md": list({ name: "cto-third-issues", source: LIST }, "- CTO-WORK-052 c"),
  };
  await withFiles(files, async () => {
    expect((await beside()).toSorted()).toEqual([
      "error contract/source-cycle CTO-OTHER-ISSUES.md:6:9",
      "error contract/source-cycle CTO-SAMPLE-ISSUES.md:6:9",
    ]);
  });
});

test("R016 a packet whose list does not list its work item is told so where it names the list", async () => {
  const packet = await readFile(path.join(ground.home, ground.packet), "utf8");
  const source = /^source: (.*)$/m.exec(packet)?.[1] ?? "";
  const name = path.basename(source, ".md").toLowerCase();
  await withFiles({ [source]: list({ name }, "- CTO-WORK-077 another"), [ORIGIN]: "#\n" }, async () => {
    expect(await beside()).toEqual([
      expect.stringMatching(/^warning contract\/work-not-listed .*-APPROVAL-PACKET\.md:\d+:9$/),
    ]);
  });
  await withFiles({ [source]: list({ name }), [ORIGIN]: "#\n" }, async () => {
    expect(await beside()).toEqual([]);
  });
});

test.each<readonly [what: string, file: string, change: (text: string) => string, code: string]>([
  ["an admission with a key more", ADMISSION, (text) => text.replace("{", '{"x": 1,'), "admission/record-unreadable"],
  ["a policy with a key more", POLICY, (text) => `${text}\nx: 1\n`, "gate/policy-unreadable"],
  [
    "signers with a line that is none",
    ".sot/authority/allowed_signers",
    (text) => `${text}x\n`,
    "gate/signers-unreadable",
  ],
  [
    "checks beside no packet",
    ".sot/03-PROTOCOLS/CTO-NONE-CHECKS.yaml",
    () => "schema: cto/checks/v1\n",
    "contract/checks-unreadable",
  ],
])("%s is told by its own reader", async (_, file, change, code) => {
  const before = await readFile(path.join(ground.home, file), "utf8").catch(() => "");
  await withFiles({ [file]: change(before) }, async () => {
    expect((await lint()).map((one) => one.code)).toContain(code);
  });
});

test("an admission that is admitted and has no signature is told", async () => {
  const signature = path.join(ground.home, `${ADMISSION}.sig`);
  const bytes = await readFile(signature);
  await rm(signature);
  try {
    expect((await lint()).map(({ code }) => code)).toContain("admission/not-signed");
  } finally {
    await writeFile(signature, bytes);
  }
});

test("it records nothing and writes nothing, promotion status least of all, and steers no terminal", async () => {
  const hostile = list({ core_promotion_status: "promoted" }, "- CTO-WORK-049 a\u202Eb\u001B[31m");
  await withFiles({ [LIST]: hostile, [ORIGIN]: "#\n" }, async () => {
    const before = [await bytesOf(), await records()];
    for (const format of ["text", "json", "sarif", "github"]) {
      const said = await runCto(["sot", "lint", "--format", format], { home: ground.home });
      expect(said.exit).toBe(3);
      expect(said.stdout.replaceAll("\n", "")).not.toMatch(STEERING);
      expect(said.stdout).toContain("CTO-SAMPLE-ISSUES.md");
    }
    expect([await bytesOf(), await records()]).toEqual(before);
  });
});

test("SARIF names every rule that it gives a result for", async () => {
  await withFiles({ [LIST]: list({}, "- CTO-WORK-4 a") }, async () => {
    const { stdout } = await runCto(["sot", "lint", "--format", "sarif"], { home: ground.home });
    const [run] = (
      JSON.parse(stdout) as {
        runs: { tool: { driver: { rules: { id: string }[] } }; results: { ruleId: string; ruleIndex: number }[] }[];
      }
    ).runs;
    expect(run?.results.map(({ ruleId }) => ruleId)).toContain("contract/work-id");
    for (const { ruleId, ruleIndex } of run?.results ?? []) expect(run?.tool.driver.rules[ruleIndex]?.id).toBe(ruleId);
  });
});

const records = (): Promise<number> => lookInto(ground.home, async (world) => (await world.store.leaves(0)).length);

const bytesOf = async (): Promise<readonly string[]> => {
  const entries = await readdir(path.join(ground.home, ".sot"), { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
  return (
    await Promise.all(files.map(async (file) => `${file} ${digestOf(new Uint8Array(await readFile(file)))}`))
  ).toSorted();
};
