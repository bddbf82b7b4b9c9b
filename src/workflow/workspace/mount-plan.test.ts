import { array, assert, constantFrom, property, subarray, tuple } from "fast-check";
import { expect, test } from "vitest";

import { LIMITS } from "../limits.ts";
import { forbids } from "../path-rules.ts";
import { planMounts, type MountOrder } from "./mount-plan.ts";
import { isWithin } from "./tree-view.ts";
import type { WorkspaceEntry } from "./workspace.ts";

/** Files by path; `name -> target` makes a link; folders come of themselves. */
const treeOf = (...paths: readonly string[]): readonly WorkspaceEntry[] => {
  const folders = new Set<string>();
  for (const path of paths)
    for (let at = path.indexOf("/"); at > 0; at = path.indexOf("/", at + 1)) folders.add(path.slice(0, at + 1));
  return [
    ...[...folders].map((path) => ({ path, mode: "040000" }) as const),
    ...paths
      .filter((path) => !path.endsWith("/"))
      .map(
        (path) => ({ path: path.replace(/ -> .*/, ""), mode: path.includes(" -> ") ? "120000" : "100644" }) as const,
      ),
  ];
};

const seed = treeOf(
  "README.md",
  "strings.py",
  "test_strings.py",
  "src/__init__.py",
  "src/strings.py",
  "src/deep/x.py",
  ".env",
  "deploy/prod.yml",
  "secrets/k",
);
const forbidden = [".env", ".env.*", "secrets/", ".git/"];

const plan = (entries: readonly WorkspaceEntry[], order: Partial<MountOrder>): ReturnType<typeof planMounts> =>
  planMounts(entries, { writable: "nothing", masked: [], readOnly: [], ...order });

test("R066 the seed's task opens two parents, pins every sibling and masks what is forbidden", () => {
  expect(
    plan(seed, { writable: ["src/strings.py", "test_strings.py"], masked: forbidden, readOnly: ["deploy/"] }),
  ).toEqual({
    mounts: [
      { kind: "writable", path: "" },
      { kind: "pin", path: "README.md" },
      { kind: "pin", path: "deploy" },
      { kind: "pin", path: "src" },
      { kind: "pin", path: "strings.py" },
      { kind: "writable", path: "src" },
      { kind: "pin", path: "src/__init__.py" },
      { kind: "pin", path: "src/deep" },
      { kind: "unreadable-file", path: ".env" },
      { kind: "unreadable-folder", path: "secrets" },
    ],
    writableParents: ["", "src"],
    pins: ["README.md", "deploy", "src", "strings.py", "src/__init__.py", "src/deep"],
    masks: [".env", "secrets"],
    unpinned: [],
    unmasked: [],
  });
});

test("R066 where nothing may be written, nothing is opened and everything forbidden is still masked", () => {
  expect(plan(seed, { masked: forbidden }).mounts).toEqual([
    { kind: "unreadable-file", path: ".env" },
    { kind: "unreadable-folder", path: "secrets" },
  ]);
});

test.each<[string, readonly string[], Partial<MountOrder>, Partial<ReturnType<typeof planMounts>>]>([
  [
    "a forbidden name in any case and at any depth is masked",
    ["a/.ENV", "a/Secrets/k", "b/.env.local"],
    { masked: forbidden },
    { masks: ["a/.ENV", "a/Secrets", "b/.env.local"] },
  ],
  [
    "the topmost match hides all that it holds",
    ["secrets/secrets/k", "secrets/.env"],
    { masked: forbidden },
    { masks: ["secrets"] },
  ],
  [
    "agent configuration is masked without being forbidden",
    [".claude/settings.json", ".mcp.json", "p/.vscode/tasks.json"],
    {},
    { masks: [".claude", ".mcp.json", "p/.vscode"] },
  ],
  [
    "agent configuration that the contract names stays",
    [".mcp.json", ".claude/a.json", ".claude/b.json"],
    { writable: [".mcp.json", ".claude/a.json"] },
    { masks: [".claude/b.json"] },
  ],
  [
    "agent configuration that the contract names as a whole folder stays whole",
    [".claude/a.json", ".claude/commands/b.md", "p/.claude/c.json"],
    { writable: [".claude/"] },
    { masks: ["p/.claude"] },
  ],
  [
    "a glob that happens to match agent configuration does not unmask it",
    [".mcp.json", "x"],
    { writable: ["**"] },
    { masks: [".mcp.json"] },
  ],
  ["prose for agents stays readable", ["AGENTS.md", "CLAUDE.md", "GEMINI.md"], {}, { masks: [] }],
  [
    "a masked link is named, never covered",
    [".env -> /etc/passwd"],
    { masked: forbidden },
    { masks: [], unpinned: [".env"] },
  ],
  [
    "a link beside an allowed file is named, never pinned",
    ["a", "l -> a"],
    { writable: ["a"] },
    { pins: [], unpinned: ["l"] },
  ],
  [
    "an allowed folder is writable whole",
    ["docs/a", "docs/d/b", "x"],
    { writable: ["docs/"] },
    { writableParents: ["docs"], pins: [], unpinned: ["docs"] },
  ],
  [
    "a prohibition holds inside a folder that is writable whole",
    ["docs/a", "docs/deploy/b"],
    { writable: ["docs/"], readOnly: ["deploy/"] },
    { pins: ["docs/deploy"] },
  ],
  [
    "a mask holds inside a folder that is writable whole",
    ["docs/a", "docs/.env"],
    { writable: ["docs/"], masked: forbidden },
    { masks: ["docs/.env"] },
  ],
  [
    "a glob opens its fixed part and pins what it cannot name",
    ["src/a.py", "src/a.txt", "src/d/b.py"],
    { writable: ["src/*.py"] },
    { writableParents: ["src"], pins: ["src/a.txt", "src/d"], unpinned: ["src"] },
  ],
  [
    "a folder that a glob reaches stays open and is named",
    ["src/a.txt", "src/d/b.py"],
    { writable: ["src/**/*.py"] },
    { pins: ["src/a.txt"], unpinned: ["src", "src/d"] },
  ],
  [
    "a new file in a new folder opens the nearest folder that exists",
    ["src/a", "b"],
    { writable: ["src/new/deep/x.py"] },
    { writableParents: ["src"], pins: ["src/a"] },
  ],
  [
    "a link where a folder is needed opens nothing",
    ["src -> other", "other/a"],
    { writable: ["src/x.py"] },
    { mounts: [] },
  ],
  ["a file where a folder is needed opens nothing", ["src"], { writable: ["src/x.py", "src/"] }, { mounts: [] }],
  [
    "an allowed path under a masked folder opens nothing",
    ["secrets/k"],
    { writable: ["secrets/k"], masked: forbidden },
    { writableParents: [], masks: ["secrets"] },
  ],
  [
    "an allowed path under a read-only folder opens nothing",
    ["deploy/k"],
    { writable: ["deploy/k"], readOnly: ["deploy/"] },
    { writableParents: [] },
  ],
  [
    "an allowed path that is forbidden too is pinned",
    ["a/x", "a/y"],
    { writable: ["a/x", "a/y"], readOnly: ["x"] },
    { writableParents: ["a"], pins: ["a/x"] },
  ],
  [
    "an allowed folder that is not there yet opens its parent",
    ["src/a"],
    { writable: ["src/new/"] },
    { writableParents: ["src"], pins: ["src/a"] },
  ],
])("R066 R088 %s", (_, paths, order, expected) => {
  expect(plan(treeOf(...paths), order)).toMatchObject(expected);
});

test("a parent with more siblings than there is room for is named, and every mask still has its place", () => {
  const many = Array.from({ length: LIMITS.sandboxMountsMax + 1 }, (_, at) => `big/f${at}`);
  const made = plan(treeOf(...many, "big/.env"), { writable: ["big/f1"], masked: forbidden });
  expect(made.pins).toEqual([]);
  expect(made.unpinned).toEqual(["big"]);
  expect(made.masks).toEqual(["big/.env"]);
});

test("a mask for which there is no room is told, never dropped", () => {
  const many = Array.from({ length: LIMITS.sandboxMountsMax + 2 }, (_, at) => `d${at}/.env`);
  expect(plan(treeOf(...many), { masked: forbidden }).unmasked).toHaveLength(2);
});

test("R066 whatever is allowed, no existing forbidden file is readable and none that is not allowed lies in the open", () => {
  const name = constantFrom("a", "b", ".env", "secrets", "Deploy", "c.py");
  const paths = array(
    array(name, { minLength: 1, maxLength: 4 }).map((parts) => parts.join("/")),
    { minLength: 1, maxLength: 12 },
  );
  const rules = ["a", "a/b", "a/", "b/c.py", "a/*/c.py", "**/a", "c.py", "b/a/"];
  assert(
    property(tuple(paths, subarray(rules)), ([wanted, writable]) => {
      const files = wanted.filter((path) => !wanted.some((other) => other !== path && isWithin(path, other)));
      const made = plan(treeOf(...new Set(files)), { writable, masked: forbidden, readOnly: ["deploy/"] });
      for (const file of files) {
        const above = made.mounts.findLast((mount) => isWithin(mount.path, file));
        if (forbidden.some((rule) => forbids(rule, file))) expect(above?.kind).toMatch(/^unreadable/);
        else if (forbids("deploy/", file)) expect(above?.kind).not.toBe("writable");
      }
    }),
  );
});
