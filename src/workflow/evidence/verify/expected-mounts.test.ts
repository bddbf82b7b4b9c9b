import { array, assert, constantFrom, property, subarray, tuple } from "fast-check";
import { expect, test } from "vitest";

import { LIMITS } from "../../limits.ts";
import { AGENT_CONFIG_PATHS } from "../../workspace/agent-config.ts";
import { planMounts, type MountOrder } from "../../workspace/mount-plan.ts";
import type { WorkspaceEntry } from "../../workspace/workspace.ts";
import { agentMounts, AGENT_CONFIGURATION, validationMounts, type ExpectedMounts } from "./expected-mounts.ts";
import { isWithin, parentOf, type EntryKind, type TreeListing } from "./tree-listing.ts";

/** Files by path; `name@` is a link. Folders come of themselves. */
const treeOf = (paths: readonly string[]): readonly WorkspaceEntry[] => {
  const wanted = [...new Set(paths)].filter(
    (path) => !paths.some((other) => plain(other) !== plain(path) && isWithin(plain(other), plain(path))),
  );
  const folders = new Set<string>();
  for (const path of wanted)
    for (let at = path.indexOf("/"); at > 0; at = path.indexOf("/", at + 1)) folders.add(path.slice(0, at + 1));
  const files = new Map(wanted.map((path) => [plain(path), path.endsWith("@") ? "120000" : "100644"] as const));
  return [
    ...[...folders].map((path) => ({ path, mode: "040000" }) as const),
    ...[...files].map(([path, mode]) => ({ path, mode }) as const),
  ];
};

const plain = (path: string): string => path.replace(/@$/, "");

const listingOf = (entries: readonly WorkspaceEntry[]): TreeListing => {
  const kinds = new Map<string, EntryKind>([["", "folder"]]);
  const inside = new Map<string, string[]>();
  for (const { path, mode } of entries) {
    const name = path.replace(/\/$/, "");
    kinds.set(name, mode === "040000" ? "folder" : mode === "120000" ? "link" : "file");
    const beside = inside.get(parentOf(name));
    if (beside === undefined) inside.set(parentOf(name), [name]);
    else beside.push(name);
  }
  return { kinds, inside, unnamed: 0 };
};

const COVERS: Readonly<Record<string, string>> = {
  "unreadable-file": "none.f",
  "unreadable-folder": "none.d",
  "empty-folder": "empty.d",
};

/** What the Harness plans, in the words of the verifier. */
const planned = (entries: readonly WorkspaceEntry[], order: MountOrder): object => {
  const plan = planMounts(entries, order);
  const covers = new Map(plan.mounts.map(({ kind, path }) => [path, COVERS[kind]]));
  return {
    writable: plan.writableParents.toSorted(),
    pins: plan.pins.toSorted(),
    masks: plan.masks.map((path) => [path, covers.get(path)]).sort(),
    unpinned: plan.unpinned,
  };
};

const inOrder = ({ writable, pins, masks, unpinned }: ExpectedMounts): object => ({
  writable: [...writable].sort(),
  pins: [...pins].sort(),
  masks: [...masks].map(([path, cover]) => [path, cover]).sort(),
  unpinned: [...unpinned].sort(),
});

const name = constantFrom("a", "b", "c.py", ".env", "secrets", "Deploy", ".claude", ".mcp.json", "a\\b", "l@");
const paths = array(
  array(name, { minLength: 1, maxLength: 4 }).map((parts) =>
    parts.map((part, at) => (at < parts.length - 1 ? plain(part) : part)).join("/"),
  ),
  { minLength: 1, maxLength: 14 },
);
const ALLOWED = [
  "a",
  "a/b",
  "a/",
  "b/c.py",
  "a/*/c.py",
  "**/a",
  "*.py",
  "a/**",
  "b/*/",
  "c.py",
  "b/a/",
  ".case/",
  ".claude/",
  ".claude/b",
  "a/.mcp.json",
  "secrets/a",
  "Deploy/x",
];
const FORBIDDEN = [".env", ".env.*", "secrets/", "deploy/", "a/b/c.py", ...AGENT_CONFIG_PATHS];

test("what an agent's stage must lay over any tree is what the Harness plans over it (R066)", () => {
  assert(
    property(tuple(paths, subarray(ALLOWED), subarray(FORBIDDEN)), ([wanted, allowed, forbidden]) => {
      const entries = treeOf(wanted);
      expect(inOrder(agentMounts(listingOf(entries), allowed, forbidden))).toEqual(
        planned(entries, { writable: allowed, masked: forbidden, readOnly: [] }),
      );
    }),
    { numRuns: 800 },
  );
});

test("what a validation's stage must lay over any tree is what the Harness plans over it (R066)", () => {
  assert(
    property(tuple(paths, subarray(FORBIDDEN)), ([wanted, secret]) => {
      const entries = treeOf(wanted);
      expect(inOrder(validationMounts(listingOf(entries), secret))).toEqual(
        planned(entries, { writable: "nothing", masked: secret, readOnly: ["deploy/"] }),
      );
    }),
    { numRuns: 300 },
  );
});

test("the files that configure an agent are the Harness's own list", () => {
  expect(AGENT_CONFIGURATION).toEqual(AGENT_CONFIG_PATHS);
});

test.each([LIMITS.sandboxMountsMax - 1, LIMITS.sandboxMountsMax, LIMITS.sandboxMountsMax + 1])(
  "a parent with %i siblings has room or has none, as the Harness counts it",
  (count) => {
    const files = Array.from({ length: count }, (_, at) => ({ path: `big/f${at}`, mode: "100644" }) as const);
    const entries = [{ path: "big/", mode: "040000" } as const, ...files];
    const order = { writable: ["big/f1"], masked: [], readOnly: [] };
    expect(inOrder(agentMounts(listingOf(entries), order.writable, []))).toEqual(planned(entries, order));
  },
);
