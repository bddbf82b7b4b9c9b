import { existsSync, readFileSync } from "node:fs";
import path from "node:path";

import { beforeAll, describe, expect, test } from "vitest";

import { readCase, readCases, type ReadCase } from "../../src/cli/hostile/read-cases.ts";
import { runSuite, type CaseRow } from "../../src/cli/hostile/suite.ts";
import { tableOf } from "../../src/cli/hostile/table.ts";
import { ELSEWHERE, NOT_HELD, NOTHING_TO_ATTACK, OPEN_SET } from "./open-set.ts";

const ROOT = path.join(import.meta.dirname, "../..");
const cases = await readCases();
const idOf = ({ file }: ReadCase): string => path.basename(file, ".yaml").split(".")[0] ?? "";
const held = new Set(cases.map(idOf));

test.each(OPEN_SET)("%s is a data case, or a test holds it, or it is said why nothing does", (id) => {
  const elsewhere = ELSEWHERE[id];
  const nothing = NOTHING_TO_ATTACK[id];
  expect([held.has(id), elsewhere !== undefined, nothing !== undefined, id in NOT_HELD].filter(Boolean)).toHaveLength(
    1,
  );
  if (elsewhere !== undefined) expect(readFileSync(path.join(ROOT, elsewhere.file), "utf8")).toContain(elsewhere.holds);
  if (nothing !== undefined) expect(existsSync(path.join(ROOT, nothing))).toBe(false);
});

test("no data case attacks under an id that the open set does not know", () => {
  expect(cases.map(idOf).filter((id) => !OPEN_SET.includes(id))).toEqual([]);
});

describe("the suite on this machine", () => {
  const named = ["A/approval-missing", "B/write-unlisted", "C/git-hook-plant", "F/file-added-or-removed"];
  let rows: readonly CaseRow[] = [];
  beforeAll(async () => {
    const chosen = cases.filter(({ file }) => named.includes(file.replace(".yaml", "")));
    const lies = chosen.flatMap((one) => (one.file === "B/write-unlisted.yaml" ? LIES : []));
    rows = (await runSuite([...chosen, ...lies], () => undefined)).rows;
  }, 180_000);

  // The first two name what does not come of the case, the third gets out of a sandbox that does not hold it.
  const text = readFileSync(path.join(ROOT, "src/cli/hostile/cases/B/write-unlisted.yaml"), "utf8");
  const lie = (name: string, from: string, to: string): ReadCase =>
    readCase(
      `B/${name}.yaml`,
      text.replace("id: write-unlisted", `id: ${name}`).replace(from, () => to),
    );
  const LIES = [
    lie("write-unlisted.code", "code: policy/unlisted-path", "code: policy/no-change"),
    lie("write-unlisted.path", "src/extra.py]", "src/other.py]"),
    lie("write-unlisted.out", "script: ", "script: escaped nothing; "),
    lie("write-unlisted.moment", "script: ", "host: [{ at: event:commit.created, run: 'true' }]\nscript: "),
  ];

  test.each(named)("held: %s", (name) => {
    const row = rows.find(({ group, id }) => `${group}/${id}` === name);
    expect(row).toMatchObject({ verdict: "held", says: [] });
  });

  test.each([
    ["write-unlisted.code", "it ended as voided policy/unlisted-path"],
    ["write-unlisted.path", "src/other.py is not named"],
    ["write-unlisted.path", "src/extra.py is named as well"],
    ["write-unlisted.out", "ESCAPED nothing"],
    ["write-unlisted.moment", "the moment event:commit.created never came"],
  ])("what does not come as it was said is an escape: %s", (id, says) => {
    expect(rows.find((row) => row.id === id)).toMatchObject({
      verdict: "ESCAPED",
      says: expect.arrayContaining([says]),
    });
  });

  test("the table ends with the sum, and names what did not hold", () => {
    const lines = tableOf(rows).split("\n");
    expect(lines[0]).toMatch(/^case +attack +expected +got +by what$/);
    expect(lines.at(-1)).toBe(`${named.length} held, 4 escaped, 0 not run`);
    expect(lines.filter((line) => line.startsWith("ESCAPED  "))).toHaveLength(4);
  });
});
