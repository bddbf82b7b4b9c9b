import { KEY_ROLES, type KeyRole } from "../../workflow/own-keys.ts";
import { readTrustRoot } from "../../workflow/trust-root.ts";
import { REVOKED_PATH, SIGNERS_PATH } from "../home/read-facts.ts";
import type { World } from "../world.ts";
import { ownKeysNow } from "./own-keys-now.ts";

/** One key of a home: the one that signs now, or one that allowed_signers still names for what it signed. */
export interface ListedKey {
  readonly role: KeyRole;
  readonly fingerprint: string;
  readonly state: "signs" | "former" | "untrusted";
  /** Seconds since the epoch between which its line counts; null where the line sets no end. */
  readonly from: number | null;
  readonly until: number | null;
}

/** Every own key by its line in allowed_signers, and what is wrong with those that sign. */
export const listOwnKeys = async (
  world: World,
): Promise<{
  readonly keys: readonly ListedKey[];
  readonly problems: readonly { readonly says: string; readonly fix: string }[];
}> => {
  const trust = readTrustRoot(await world.home.read(SIGNERS_PATH), await world.home.read(REVOKED_PATH));
  const { problems, untrusted, keys: current } = await ownKeysNow(world, trust);
  const signing = new Set(current.map(({ fingerprint }) => fingerprint));
  const isListed = (fingerprint: string): boolean =>
    trust.ok && trust.value.signers.some(({ key }) => key.fingerprint === fingerprint);
  const listed = (trust.ok ? trust.value.signers : []).flatMap(({ principals, key, validAfter, validBefore }) =>
    KEY_ROLES.filter((role) => principals.includes(role)).map((role): ListedKey => {
      const state = signing.has(key.fingerprint) ? "signs" : "former";
      return { role, fingerprint: key.fingerprint, state, from: validAfter, until: validBefore };
    }),
  );
  const unlisted = current
    .filter(({ fingerprint }) => !isListed(fingerprint))
    .map(({ role, fingerprint }): ListedKey => ({ role, fingerprint, state: "untrusted", from: null, until: null }));
  return {
    keys: [...listed, ...unlisted],
    problems: [
      ...problems.map(({ path, says, fix }) => ({ says: `${path} ${says}`, fix })),
      ...untrusted.map(({ role }) => ({
        says: `allowed_signers gives the ${role} key no role now`,
        fix: "cto keys make; after a rotation that was broken off, cto keys rotate again",
      })),
    ],
  };
};
