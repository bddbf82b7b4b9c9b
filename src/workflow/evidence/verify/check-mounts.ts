import type { ProvenSandbox } from "../schemas/confinement.ts";
import { hex, utf8 } from "./bytes.ts";
import { pathText } from "./check-paths.ts";
import { eventsOf } from "./events.ts";
import { agentMounts, validationMounts, type ExpectedMounts } from "./expected-mounts.ts";
import { patternRows, type StageRules } from "./mount-patterns.ts";
import { policyList } from "./policy-lists.ts";
import type { Reading } from "./reading.ts";
import { isWithin, listTree, type TreeListing } from "./tree-listing.ts";
import { fail, notProven, pass, passUnless, type Check } from "./verdict.ts";
import { outerRows, workspaceMounts, type WorkspaceMount } from "./workspace-mounts.ts";

const ID = "mounts";
const FILE = "confinement-proof.json";

/**
 * Step 9: what lay over each Workspace is what contract and policy ask of the base tree, and its arguments show exactly
 * that. Only a bundle with a commit holds the base tree; in any other, lists, arguments and patterns are held together.
 */
export const checkMounts = async (reading: Reading): Promise<readonly Check[]> => {
  const { confinement, records, manifest, files } = reading;
  if (confinement === undefined) return [pass(ID, "without a proof of confinement nothing is recomputed")];
  const { sandboxes } = confinement;
  if (sandboxes.length === 0) return [pass(ID, "no sandbox was started")];
  if (manifest?.reach === "gate") return [off("a run that ended at the gate has sandboxes")];
  if (records.contract === undefined) return [off("without a contract there is nothing that a sandbox must show")];
  const policy = files.get("approval/policy.yaml");
  const [base, secret] = [policyList(policy, "baseForbiddenPaths"), policyList(policy, "secretPaths")];
  if (base === undefined || secret === undefined)
    return [notProven(ID, "its lists of paths are in a form that is not read here", "approval/policy.yaml")];
  const { allowedPaths, forbiddenPaths, executionGate } = records.contract;
  const rules: StageRules = {
    // Case keeps its task and its log in the Workspace, where they are never exported.
    allowed: executionGate.backend === "case" ? [...allowedPaths, ".case/"] : allowedPaths,
    forbidden: [...forbiddenPaths, ...base],
    secret,
  };
  const listing = await baseListing(reading);
  if (listing === "unreadable") return [off("the base tree cannot be read, so nothing is recomputed")];
  const expected = listing === "not-here" ? listing : expectedOn(listing, rules);
  const rows = await Promise.all(sandboxes.map((sandbox) => sandboxRows(reading, sandbox, rules, expected)));
  return passUnless(ID, rows.flat().map(off), saysOf(sandboxes, listing));
};

const off = (says: string): Check => fail(ID, "evidence/proof-contradicted", says, FILE);

const saysOf = (sandboxes: readonly ProvenSandbox[], listing: TreeListing | "not-here"): string => {
  const of = `${sandboxes.length} sandboxes`;
  if (listing === "not-here")
    return `${of} as their arguments show and the patterns allow; not recomputed without a base tree: what existed to be masked and pinned`;
  const unnamed = listing.unnamed === 0 ? "" : `, but for ${listing.unnamed} names that are no text`;
  return `${of}: writable parents, pins and masks recomputed from contract, policy and base tree${unnamed}`;
};

const baseListing = async (reading: Reading): Promise<TreeListing | "not-here" | "unreadable"> => {
  if (!reading.files.has("repo/base.pack")) return "not-here";
  const objects = await reading.baseObjects();
  if (objects?.ok !== true || reading.base === undefined) return "unreadable";
  return listTree(objects.objects, reading.base.tree) ?? "unreadable";
};

/** What each kind of stage must lay over one tree: the same for all of its sandboxes. */
interface ExpectedStages {
  readonly agent: ExpectedMounts;
  readonly validation: ExpectedMounts;
}

const expectedOn = (listing: TreeListing, { allowed, forbidden, secret }: StageRules): ExpectedStages => ({
  agent: agentMounts(listing, allowed, forbidden),
  validation: validationMounts(listing, secret),
});

const sandboxRows = async (
  reading: Reading,
  sandbox: ProvenSandbox,
  rules: StageRules,
  expected: ExpectedStages | "not-here",
): Promise<readonly string[]> => {
  const { purpose, args, outer } = sandbox;
  const read = workspaceMounts(args, outer === undefined ? "nothing" : "outer sandbox");
  const rows = [
    ...(outer === undefined ? [] : outerRows(outer.args)),
    ...(read.ok
      ? [...(await toldRows(reading, sandbox, read.mounts)), ...patternRows(purpose, read.mounts, rules)]
      : [read.says]),
    ...(read.ok && expected !== "not-here" ? treeRows(reading, sandbox, read.mounts, expected) : []),
  ];
  return [...new Set(rows)].map((says) => `${purpose}: ${says}`);
};

/** The lists of the proof, and those that the log told when the sandbox was started, are what its arguments show. */
const toldRows = async (
  { tools, events }: Reading,
  { argsSha256, writableParents, pins, masks }: ProvenSandbox,
  mounts: readonly WorkspaceMount[],
): Promise<readonly string[]> => {
  const shown = (kind: WorkspaceMount["kind"]): readonly string[] =>
    mounts.filter((mount) => mount.kind === kind).map(({ path }) => path);
  const [writable, pinned, masked] = [shown("writable").map(named), shown("pin"), shown("mask")];
  const logged = eventsOf(events, "sandbox.started").filter(({ data }) => data["argsSha256"] === argsSha256);
  const isTold = (name: string, value: unknown): boolean =>
    logged.every(({ data }) => data[name] === undefined || JSON.stringify(data[name]) === JSON.stringify(value));
  return chosen([
    [isSame(writableParents, writable), "its arguments show other writable parents than it tells"],
    [isSame(masks, masked), "its arguments show other masks than it tells"],
    [
      pins.count === pinned.length && pins.sha256 === hex(await tools.sha256(utf8(JSON.stringify(pinned)))),
      "its arguments show other pins than it tells",
    ],
    [
      isTold("writableParents", writable) && isTold("masks", masked) && isTold("pins", pinned.length),
      "the log tells of other mounts",
    ],
  ]);
};

/** What the base tree must have given, entry by entry. */
const treeRows = (
  reading: Reading,
  { purpose, unpinned }: ProvenSandbox,
  mounts: readonly WorkspaceMount[],
  { agent, validation }: ExpectedStages,
): readonly string[] => {
  switch (purpose) {
    case "agent": {
      const told = new Set(unpinned.map((path) => (path === "." ? "" : path)));
      return [...mountRows(agent, mounts, () => false), ...setRows(agent.unpinned, told, "told as unpinned")];
    }
    case "validation":
      // It may stand on the base, on the candidate or between them: they differ in what the patch makes and removes.
      return mountRows(validation, mounts, (path) => isPatched(reading, path));
    case "probe":
      return [];
  }
};

const isPatched = ({ patch }: Reading, mask: string): boolean =>
  patch !== undefined &&
  typeof patch !== "string" &&
  patch.some(
    ({ path, oldMode, newMode }) =>
      (oldMode === "none" || newMode === "none") && isWithin(mask, pathText(path) ?? path),
  );

const mountRows = (
  expected: ExpectedMounts,
  mounts: readonly WorkspaceMount[],
  isLeftOpen: (mask: string) => boolean,
): readonly string[] => {
  const shown = (kind: "writable" | "pin"): ReadonlySet<string> =>
    new Set(mounts.filter((mount) => mount.kind === kind).map(({ path }) => path));
  const masks = mounts.filter((mount) => mount.kind === "mask");
  const cover = ([path, name]: readonly [string, string]): string => `${path}\0${name}`;
  const must = [...expected.masks].filter(([path]) => !isLeftOpen(path)).map(cover);
  const are = masks.filter(({ path }) => !isLeftOpen(path)).map((mask) => cover([mask.path, mask.cover]));
  return [
    ...setRows(expected.writable, shown("writable"), "writable"),
    ...setRows(expected.pins, shown("pin"), "pinned"),
    ...setRows(new Set(must), new Set(are), "masked"),
  ];
};

/** At most one row for what is missing and one for what is there besides, each with its first path. */
const setRows = (must: ReadonlySet<string>, are: ReadonlySet<string>, word: string): readonly string[] => {
  const first = (paths: readonly string[]): string => JSON.stringify(named(paths.toSorted()[0]?.split("\0")[0] ?? ""));
  const missing = [...must].filter((path) => !are.has(path));
  const strange = [...are].filter((path) => !must.has(path));
  return [
    ...(missing.length === 0 ? [] : [`${first(missing)} must be ${word} and is not`]),
    ...(strange.length === 0 ? [] : [`${first(strange)} is ${word} and must not be`]),
  ];
};

const chosen = (statements: readonly (readonly [boolean, string])[]): readonly string[] =>
  statements.filter(([holds]) => !holds).map(([, says]) => says);

const named = (path: string): string => (path === "" ? "." : path);

const isSame = (one: readonly string[], other: readonly string[]): boolean =>
  one.length === other.length && one.every((text, at) => text === other[at]);
