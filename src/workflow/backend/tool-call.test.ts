import { expect, test } from "vitest";

import type { Intent } from "./attempt.ts";
import { commandLine, intentsOf, readToolCall } from "./tool-call.ts";

test.each<[string, unknown, readonly Intent[]]>([
  ["a command", { kind: "execute", rawInput: { command: "git push" } }, [{ kind: "run", line: "git push" }]],
  [
    "a command of words",
    { rawInput: { cmd: ["bash", "-c", "git push"] } },
    [{ kind: "run", line: "bash -c 'git push'" }],
  ],
  ["a command inside arguments", { rawInput: { arguments: { command: "ls" } } }, [{ kind: "run", line: "ls" }]],
  [
    "a command of kind other, as pi sends it",
    { kind: "other", rawInput: { command: "ls" } },
    [{ kind: "run", line: "ls" }],
  ],
  ["an execute that has a title only", { kind: "execute", title: "rm -rf src" }, [{ kind: "run", line: "rm -rf src" }]],
  [
    "a diff",
    { kind: "edit", content: [{ type: "diff", path: "a.py", newText: "x" }] },
    [{ kind: "write", path: "a.py" }],
  ],
  [
    "a diff beside a location",
    {
      kind: "read",
      content: [{ type: "diff", path: "a.py", newText: "x" }],
      locations: [{ path: "a.py" }, { path: "b.py" }],
    },
    [
      { kind: "write", path: "a.py" },
      { kind: "read", path: "b.py" },
    ],
  ],
  [
    "a diff that hides behind a command",
    { rawInput: { command: "ls" }, content: [{ type: "diff", path: ".env", newText: "x" }] },
    [
      { kind: "run", line: "ls" },
      { kind: "write", path: ".env" },
    ],
  ],
  ["a location", { kind: "edit", locations: [{ path: "a.py" }] }, [{ kind: "write", path: "a.py" }]],
  ["a path without a kind, as qwen sends it", { rawInput: { file_path: "a.py" } }, [{ kind: "write", path: "a.py" }]],
  [
    "a path inside arguments",
    { kind: "read", rawInput: { arguments: { filePath: "a.py" } } },
    [{ kind: "read", path: "a.py" }],
  ],
  ["a deletion", { kind: "delete", locations: [{ path: "a.py" }] }, [{ kind: "delete", path: "a.py" }]],
  ["a move", { kind: "move", rawInput: { from: "a.py", to: "b.py" } }, [{ kind: "move", from: "a.py", to: "b.py" }]],
  ["a move with one end", { kind: "move", locations: [{ path: "a.py" }] }, [{ kind: "delete", path: "a.py" }]],
  ["a fetch", { kind: "fetch", rawInput: { url: "https://x" } }, [{ kind: "fetch", url: "https://x" }]],
  ["a title alone", { kind: "edit", title: "src/strings.py" }, [{ kind: "other", title: "src/strings.py" }]],
  ["nothing", undefined, [{ kind: "other", title: "" }]],
  ["a list", [], [{ kind: "other", title: "" }]],
  [
    "fields of other types",
    { kind: 1, title: {}, rawInput: "git push", locations: "x", content: 4 },
    [{ kind: "other", title: "" }],
  ],
  ["inherited names", JSON.parse('{"__proto__":{"rawInput":{"command":"ls"}}}'), [{ kind: "other", title: "" }]],
])("%s is judged for what it would do", (_, said, intents) => {
  expect(intentsOf(readToolCall(said))).toEqual(intents);
});

test("what was said of a call earlier counts where the request is silent, and the later word wins", () => {
  const earlier = readToolCall({ toolCallId: "1", kind: "execute", title: "ls", rawInput: { command: "git push" } });
  expect(intentsOf(readToolCall({ toolCallId: "1" }, earlier))).toEqual([{ kind: "run", line: "git push" }]);
  expect(intentsOf(readToolCall({ toolCallId: "1", rawInput: { command: "ls" } }, earlier))).toEqual([
    { kind: "run", line: "ls" },
  ]);
});

test.each([
  [["bash", "-c", "git push"], "git push"],
  [["/bin/sh", "-lc", "a && b"], "a && b"],
  [["bash", "-c", 'exec "$0"', "git"], `bash -c 'exec "$0"' git`],
  [["git", "commit", "-m", "it's"], String.raw`git commit -m 'it'\''s'`],
])("%j is the line %s", (argv, line) => {
  expect(commandLine(argv)).toBe(line);
});
