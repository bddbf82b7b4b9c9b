import path from "node:path";

import { hasRole } from "../../workflow/allowed-signers.ts";
import type { Authority } from "../../workflow/authority.ts";
import type { OwnKeysStanding } from "../../workflow/gate/standing.ts";
import { KEY_ROLES, OWN_NAMESPACES, type OwnPublicKey } from "../../workflow/own-keys.ts";
import type { Refusal } from "../../workflow/refusal.ts";
import type { Result } from "../../workflow/result.ts";
import { isRevoked } from "../../workflow/revoked-keys.ts";
import type { TrustRoot } from "../../workflow/trust-root.ts";
import type { World } from "../world.ts";

/** The home's keys as the gate judges them, and the fingerprint of the one that would sign the run, if it can be read. */
export const ownKeysNow = async (
  { ownKeys, clock }: Pick<World, "ownKeys" | "clock">,
  trust: Result<TrustRoot, Refusal>,
): Promise<OwnKeysStanding & { readonly keys: readonly OwnPublicKey[]; readonly fingerprint: string | undefined }> => {
  const { problems, keys } = await readableKeys(ownKeys);
  const now = clock.now().epochMs;
  return {
    problems,
    keys,
    untrusted: trust.ok ? keys.filter((key) => !isTrusted(trust.value, key, now)) : [],
    fingerprint: keys.find(({ role }) => role === "harness")?.fingerprint,
  };
};

/** The public halves of the keys that are there and nobody else's, and what is wrong with the others. */
export const readableKeys = async (
  ownKeys: World["ownKeys"],
): Promise<{ readonly problems: OwnKeysStanding["problems"]; readonly keys: readonly OwnPublicKey[] }> => {
  const problems = await ownKeys.problems();
  const closed = new Set(problems.map((problem) => problem.path));
  const readable = KEY_ROLES.filter((role) => !closed.has(ownKeys.paths[role]));
  return { problems, keys: await Promise.all(readable.map((role) => ownKeys.publicKey(role))) };
};

/** Whether allowed_signers gives a key every namespace of its role at this moment. */
const isTrusted = ({ signers, revoked }: TrustRoot, { role, fingerprint }: OwnPublicKey, atMs: number): boolean =>
  OWN_NAMESPACES[role].every((namespace) =>
    signers.some(
      (signer) =>
        signer.key.fingerprint === fingerprint && hasRole(signer, namespace, atMs) && !isRevoked(revoked, signer.key),
    ),
  );

/** Own keys that lie in a folder which policy.yaml shows to every sandbox. */
export const keysInReach = (
  { ownKeys }: Pick<World, "ownKeys">,
  authority: Result<Authority, Refusal>,
): readonly string[] => {
  const shown = authority.ok ? authority.value.toolchains.map((place) => path.resolve(place)) : [];
  return Object.values(ownKeys.paths).filter((key) => shown.some((place) => isWithin(key, place)));
};

const isWithin = (file: string, folder: string): boolean => {
  const relative = path.relative(folder, file);
  return relative !== "" && !relative.startsWith("..") && !path.isAbsolute(relative);
};
