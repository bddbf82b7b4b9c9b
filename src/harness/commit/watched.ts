import path from "node:path";

import type { ForbiddenAction } from "../../workflow/contract/contract.ts";
import type { Digest } from "../../workflow/digest.ts";
import type { World } from "../world.ts";

/** Digests of places that no run may change (R083, R085), by what they are. */
export type Watched = readonly {
  readonly action: ForbiddenAction;
  readonly what: string;
  readonly digest: Digest | "absent";
}[];

/** Looks at the home's authority, the home's documents and the core roots of policy.yaml. */
export const watch = async (world: World, coreRoots: readonly string[]): Promise<Watched> => {
  const places: readonly (readonly [ForbiddenAction, string, string, typeof isOwnRecord?])[] = [
    ["credential_change", ".sot/authority", path.join(world.home.folder, ".sot", "authority")],
    ["cortex_core_mutation", ".sot", path.join(world.home.folder, ".sot"), isOwnRecord],
    ...coreRoots.map((root) => ["cortex_core_mutation", root, root] as const),
  ];
  const seen = [];
  for (const [action, what, place, except] of places)
    seen.push({ action, what, digest: await world.host.fingerprint(place, except) });
  return seen;
};

/** Places that are not what they were. One that was never looked at is none of them. */
export const movedBetween = (before: Watched, after: Watched): readonly string[] =>
  before
    .filter(({ what, digest }) => after.some((place) => place.what === what && place.digest !== digest))
    .map(({ what }) => what);

// Admitting, suspending and revoking are the home's own acts, in its ledger, and may come while a run is under way (R085).
const isOwnRecord = (name: string): boolean => /-ADMISSION\.json(?:\.sig)?$/.test(name);
