import type { ProvenSandbox } from "../schemas/confinement.ts";
import { AGENT_CONFIGURATION, isNamed, wantedFolder } from "./expected-mounts.ts";
import { prohibition } from "./path-rules.ts";
import { isWithin } from "./tree-listing.ts";
import type { WorkspaceMount } from "./workspace-mounts.ts";

/** Patterns of contract and policy that a stage is made by. */
export interface StageRules {
  readonly allowed: readonly string[];
  readonly forbidden: readonly string[];
  readonly secret: readonly string[];
}

/** What patterns alone tell of mounts, without the tree: what was open, shown or hidden against all of them. */
export const patternRows = (
  purpose: ProvenSandbox["purpose"],
  mounts: readonly WorkspaceMount[],
  { allowed, forbidden, secret }: StageRules,
): readonly string[] => {
  const writable = mounts.filter(({ kind }) => kind === "writable").map(({ path }) => path);
  if (purpose !== "agent" && mounts.some(({ kind }) => kind !== "mask"))
    return ["something of its Workspace is writable or pinned, and nothing may be"];
  const isForbidden = prohibition(purpose === "agent" ? forbidden : secret);
  const isConfiguration = prohibition(AGENT_CONFIGURATION);
  const isHidden = (path: string): boolean =>
    isForbidden(path) || (isConfiguration(path) && !(purpose === "agent" && isNamed(allowed, path)));
  const shown = mounts.find(({ kind, path }) => kind !== "mask" && path !== "" && isHidden(path));
  const covered = mounts.find(({ kind, path }) => kind === "mask" && !isHidden(path));
  const open = writable.find((path) => !isWanted(path, allowed) && !isOnTheWay(path, writable, mounts));
  return [
    ...(shown === undefined ? [] : [`${JSON.stringify(shown.path)} is shown, though it is forbidden`]),
    ...(covered === undefined ? [] : [`${JSON.stringify(covered.path)} is masked by no pattern`]),
    ...(open === undefined ? [] : [`${JSON.stringify(open === "" ? "." : open)} is writable for no allowed path`]),
  ];
};

const isWanted = (path: string, allowed: readonly string[]): boolean =>
  allowed.some((rule) => isWithin(path, wantedFolder(rule)));

/** A folder between a writable one and a deeper mount is writable too, so that it cannot be moved away. */
const isOnTheWay = (path: string, writable: readonly string[], mounts: readonly WorkspaceMount[]): boolean =>
  writable.some((other) => other !== path && isWithin(other, path)) &&
  mounts.some((mount) => mount.path !== path && isWithin(path, mount.path));
