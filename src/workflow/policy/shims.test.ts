import { assert, array, constantFrom, oneof, property, string } from "fast-check";
import { expect, test } from "vitest";

import { commandsIn } from "./command-words.ts";
import { intentJudge } from "./judge-intent.ts";
import { lineOfWords, SHIM_FOLDER, shimFiles, SHIMMED } from "./shims.ts";

const judged = (words: readonly string[]): unknown =>
  intentJudge(
    { allowedPaths: ["src/"], forbiddenPaths: [".env"] },
    { baseForbiddenPaths: [], scratchPaths: [] },
  )({ kind: "run", line: lineOfWords(words) });

test("a line made of words is read as exactly these words", () => {
  const odd = oneof(
    string(),
    constantFrom("'", '"', "$(x)", "`x`", ";", "&&", "#", "{", "}", ">", "\n", "\\", "", "a b"),
  );
  assert(
    property(array(odd.filter((word) => !word.includes("\0"))), (rest) => {
      expect(commandsIn(lineOfWords(["git", ...rest]))).toEqual([{ words: ["git", ...rest], writes: [] }]);
    }),
  );
});

test.each([
  [["git", "push", "origin", "main"], false],
  [["git", "-C", "x; y", "push"], false],
  [["gh", "pr", "create", "--title", "$(true)"], false],
  [["npm", "publish"], false],
  [["curl", "https://example.com"], false],
  [["git", "diff", "--", ".env"], false],
  [["git", "status"], true],
  [["git", "diff", "HEAD"], true],
  [["git", "log", "-1", "--format=%s; git push"], true],
  [["npm", "test"], true],
  [["npm", "run", "build"], true],
  [["pip", "--version"], true],
])("R086 %j is judged as the same words on a line are: allowed %s", (words, allowed) => {
  expect(judged(words)).toMatchObject({ allowed });
});

test("there is a shim for every program that pushes, publishes, deploys or fetches, each by its own name", () => {
  expect(SHIMMED).toHaveLength(26);
  expect(new Set(SHIMMED).size).toBe(26);
  for (const { path, content } of shimFiles()) {
    const name = path.slice(SHIM_FOLDER.length + 1);
    expect(SHIMMED).toContain(name);
    expect(new TextDecoder().decode(content)).toContain(`printf '%s\\0' ${name} "$@"`);
  }
});
