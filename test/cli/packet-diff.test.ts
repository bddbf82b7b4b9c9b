import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";

import { readPacketChanges } from "../../src/harness/packet/read-packet-changes.ts";
import { digestOf } from "../../src/workflow/digest.ts";
import { admit, approveBy, makeGround, type Ground } from "../journeys/ground.ts";
import { jsonOf, lookInto, runCto, type Said } from "./cli.ts";

let ground: Ground;
let first = "";
beforeAll(async () => {
  ground = await makeGround();
  first = await readFile(path.join(ground.home, ground.packet), "utf8");
});
afterAll(() => ground.close());

const cto = (...argv: readonly string[]): Promise<Said> => runCto(argv, { home: ground.home, cwd: ground.root });
const diff = (...argv: readonly string[]): Promise<Said> => cto("packet", "diff", "CTO-WORK-049", ...argv);
const now = (text: string): Promise<void> => writeFile(path.join(ground.home, ground.packet), text);

const WIDER = ["- `test_strings.py`\n", "- `test_strings.py`\n- `extra.py`\n"] as const;
const NARROWER = ["- `.git/`\n", "- `.git/`\n- `vendor/`\n"] as const;
const REWORDED = ["description: ", "description: again, "] as const;

test("R026 what was never approved is wholly new: it is told, and fails a check that asks for no wider leave", async () => {
  expect(await diff()).toMatchObject({ exit: 0, stdout: expect.stringContaining("was never approved") });
  expect(await diff("--fail-on", "widens")).toMatchObject({ exit: 3 });
  expect(await diff("--against", "reviewed")).toMatchObject({ stdout: expect.stringContaining("was never reviewed") });
});

test("R026 the baseline of reviewed moves by packet reviewed, for these very bytes alone, and by nothing else", async () => {
  const digest = digestOf(new TextEncoder().encode(first));
  const others = await cto("packet", "reviewed", "CTO-WORK-049", "--sha256", "0".repeat(64));
  expect(others).toMatchObject({ exit: 3, stderr: expect.stringMatching(/^refused +surface\/digest-moved /) });
  expect(await cto("packet", "reviewed", "CTO-WORK-049", "--sha256", "12ab")).toMatchObject({ exit: 2 });
  const marked = jsonOf(await cto("packet", "reviewed", "CTO-WORK-049", "--sha256", digest, "--json"));
  expect(marked).toMatchObject({ ok: true, work: "CTO-WORK-049", packetSha256: digest });
  await now(first.replace(...WIDER).replace(...NARROWER));
  for (const _ of [1, 2]) await cto("packet", "preview", "CTO-WORK-049");
  const said = await diff("--against", "reviewed");
  const line = first.split("\n").indexOf("- `test_strings.py`") + 2;
  expect(said.exit).toBe(0);
  expect(
    said.stdout
      .split("\n")
      .slice(1)
      .map((row) => row.replaceAll(/ +/g, " ")),
  ).toEqual([
    `widens allowedPaths line ${line} + extra.py`,
    expect.stringMatching(/^narrows forbiddenPaths line \d+ \+ vendor\/$/),
    "Together it gives more leave.",
    "",
  ]);
  expect(await diff("--against", digest.slice(0, 12))).toMatchObject({
    exit: 0,
    stdout: expect.stringContaining("extra.py"),
  });
  expect(await diff("--against", "0123456789ab")).toMatchObject({ exit: 2 });
  for (const unknown of ["R-049-77", "CTO-WORK-998"])
    expect(await diff("--against", unknown)).toMatchObject({ exit: 2, stderr: expect.stringContaining("there is no") });
  await now(first);
});

test.each<readonly [string, readonly (readonly [string, string])[], string, readonly number[]]>([
  ["same", [], "The same packet.", [0, 0, 0]],
  ["other words", [REWORDED], "Wording only, contract digest equal", [0, 0, 3]],
  ["less leave", [NARROWER], "Together it gives less leave.", [0, 3, 3]],
  ["more leave", [WIDER], "Together it gives more leave.", [3, 3, 3]],
  ["both", [WIDER, NARROWER], "Together it gives more leave.", [3, 3, 3]],
])("R026 --fail-on of %s against a file", async (_, changes, says, exits) => {
  await writeFile(path.join(ground.root, "before.md"), first);
  await now(changes.reduce((text, [from, to]) => text.replace(from, to), first));
  for (const [at, limit] of ["widens", "narrows", "wording"].entries()) {
    const said = await diff("--against", "before.md", "--fail-on", limit);
    expect(said).toMatchObject({ exit: exits[at], stdout: expect.stringContaining(says) });
  }
  await now(first);
});

test("a file is compared under the name that it gives itself", async () => {
  const name = "cto-another-approval-packet";
  await writeFile(path.join(ground.root, "other.md"), first.replaceAll("cto-sample-approval-packet", name));
  expect(await diff("--against", "other.md")).toMatchObject({ exit: 0, stderr: "" });
});

test("a file that says no contract, and one that is not there, compare with nothing", async () => {
  await writeFile(path.join(ground.root, "broken.md"), first.replace("- push", "- fly"));
  const said = await diff("--against", "broken.md");
  expect(said).toMatchObject({ exit: 3, stdout: "", stderr: expect.stringMatching(/^refused +packet\//) });
  expect(await diff("--against", "nowhere.md")).toMatchObject({ exit: 2 });
  expect(await cto("packet", "diff", "CTO-WORK-999")).toMatchObject({ exit: 2 });
});

test("the command tells what the pages are told, of the approval as well", async () => {
  await lookInto(ground.home, async (world) => {
    await admit(world, ground);
    expect(await approveBy(world, ground)).toEqual([]);
  });
  await now(first.replace(...WIDER));
  const told = jsonOf(await diff("--json"));
  const shown = await lookInto(ground.home, (world) => readPacketChanges(world, ground.work, "approved"));
  expect(told).toMatchObject({ schema: "cto.packet-diff.v1", ...shown });
  expect(told).toMatchObject({ class: "widens", changes: [{ field: "allowedPaths", after: "extra.py" }] });
  await now(first);
}, 30_000);
