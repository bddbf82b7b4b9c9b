import { PassThrough } from "node:stream";

import { expect, test } from "vitest";

import { clackGuide } from "./clack-guide.ts";
import { LEFT, type Guide } from "./guide.ts";

/** A person at a terminal: each time that these words are on it, these keys are pressed. */
const person = (script: readonly (readonly [sees: string, presses: string])[]) => {
  const [input, output] = [new PassThrough(), new PassThrough()];
  const left = [...script];
  let seen = "";
  output.on("data", (chunk: Buffer) => {
    seen += chunk.toString();
    const [next] = left;
    if (next === undefined || !seen.includes(next[0])) return;
    left.shift();
    seen = "";
    // In the next turn: while it is drawn, nobody listens.
    setImmediate(() => input.write(next[1]));
  });
  return { guide: clackGuide({ input, output }), left };
};

const asked = async <T>(
  script: readonly (readonly [string, string])[],
  ask: (guide: Guide) => Promise<T>,
): Promise<{ readonly answer: T; readonly left: number }> => {
  const { guide, left } = person(script);
  const answer = await ask(guide);
  return { answer, left: left.length };
};

const FILES = ["src/", "src/a.py", "src/test_a.py", "te\u202Est.py"].map((value) => ({ value }));

test("a text is asked again until nothing is wrong with it", async () => {
  const problem = (given: string): string | undefined => (given === "no" ? "takes yes" : undefined);
  const told = await asked(
    [
      ["Well?", "no\r"],
      ["takes yes", "\u007f\u007fyes\r"],
    ],
    (guide) => guide.text("Well?", { problem }),
  );
  expect(told).toEqual({ answer: "yes", left: 0 });
});

test("one of a few is chosen by arrows", async () => {
  const told = await asked([["Which?", "\u001b[B\r"]], (guide) => guide.one("Which?", FILES));
  expect(told).toEqual({ answer: "src/a.py", left: 0 });
});

test("some of many are found by typing, and a name steers no terminal", async () => {
  const told = await asked(
    [
      ["te<U+202E>st.py", "test_"],
      ["test_", "\t"],
      ["src/test_a.py", "\r"],
    ],
    (guide) => guide.some("What?", FILES),
  );
  expect(told).toEqual({ answer: ["src/test_a.py"], left: 0 });
});

test.each<readonly [string, (guide: Guide) => Promise<unknown>]>([
  ["a text", (guide) => guide.text("Well?", { problem: () => undefined })],
  ["one of a few", (guide) => guide.one("Well?", FILES)],
  ["some of many", (guide) => guide.some("Well?", FILES)],
])("Ctrl-C leaves the question of %s", async (_, ask) => {
  expect(await asked([["Well?", "\u0003"]], ask)).toEqual({ answer: LEFT, left: 0 });
});
