import { expect, test } from "vitest";

import { compareCassettes } from "./cassette.ts";
import { recordedEffects, type Effect } from "./replay-session.ts";

const PLAYED = { unknown: [], same: 1, altered: 0, unused: 0 };
const file = (more: Partial<Effect>): Effect => ({ path: "a", change: "added", sha256: "1", mode: "100644", ...more });

test.each<[string, readonly Effect[], readonly Effect[], number]>([
  ["the same file", [file({})], [file({})], 0],
  ["other bytes", [file({})], [file({ sha256: "2" })], 1],
  ["a file that can be executed now", [file({})], [file({ mode: "100755" })], 1],
  ["a link whose text are the bytes of the file", [file({})], [file({ mode: "120000" })], 1],
  ["a file beside it", [file({})], [file({}), file({ path: "b" })], 1],
  ["a file of which an earlier build recorded no mode", [file({ mode: undefined })], [file({ mode: "100755" })], 0],
])("R123 a replay by a cassette that comes to %s says so", (_, was, now, differences) => {
  expect(compareCassettes(was, now, PLAYED).differences).toHaveLength(differences);
});

test("R123 the mode of a changed file is read back from the log", () => {
  const files = [{ path: "a", change: "added", newSha256: "1", newMode: "100755" }];
  const captured = { type: "diff.captured", subject: "run", time: "", sequence: 1, trust: "harness-observed" };
  expect(recordedEffects([{ ...captured, data: { files } }])).toEqual([file({ mode: "100755" })]);
});
