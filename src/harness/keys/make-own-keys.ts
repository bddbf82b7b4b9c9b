import { digestOf } from "../../workflow/digest.ts";
import { KEY_ROLES, OWN_NAMESPACES, signerLineOf, type KeyRole, type OwnPublicKey } from "../../workflow/own-keys.ts";
import type { SourceDocument } from "../../workflow/packet/packet.ts";
import { refusal, type Refusal } from "../../workflow/refusal.ts";
import { ok, refuse, type Result } from "../../workflow/result.ts";
import { readTrustRoot, type TrustRoot } from "../../workflow/trust-root.ts";
import { REVOKED_PATH, SIGNERS_PATH } from "../home/read-facts.ts";
import type { World } from "../world.ts";
import { completeRotation } from "./rotate-key.ts";

/** What `cto keys make` found missing and made. */
export interface MadeKeys {
  readonly made: readonly KeyRole[];
  /** The keys whose line was added to allowed_signers. */
  readonly trusted: readonly OwnPublicKey[];
}

/**
 * Makes the keys and the lines of allowed_signers that a home lacks; takes nothing away. A changed allowed_signers makes
 * every open approval stale, as any change of it does.
 */
export const makeOwnKeys = async (world: World): Promise<Result<MadeKeys, Refusal>> => {
  const source = await world.home.read(SIGNERS_PATH);
  const trust = readTrustRoot(source, await world.home.read(REVOKED_PATH));
  if (source === "absent" || !trust.ok)
    return trust.ok ? refuse(refusal("approval/no-signer", { problem: "there is no allowed_signers" })) : trust;
  const made = await world.ownKeys.make();
  const keys = await Promise.all(KEY_ROLES.map((role) => world.ownKeys.publicKey(role)));
  const untold = keys.filter((key) => !isListed(trust.value, key));
  for (const key of untold) if ((await completeRotation(world, key)) !== "absent") return makeOwnKeys(world);
  if (untold.length > 0) await addLines(world, source, untold);
  return ok({ made, trusted: untold });
};

/** Whether allowed_signers gives this key all its roles, at whatever time. */
const isListed = ({ signers }: TrustRoot, { role, fingerprint }: OwnPublicKey): boolean =>
  OWN_NAMESPACES[role].every((namespace) =>
    signers.some(({ key, namespaces }) => key.fingerprint === fingerprint && namespaces.includes(namespace)),
  );

const addLines = async (world: World, source: SourceDocument, keys: readonly OwnPublicKey[]): Promise<void> => {
  const now = Math.floor(world.clock.now().epochMs / 1000);
  const text = new TextDecoder().decode(source.bytes);
  const whole = text === "" || text.endsWith("\n") ? text : `${text}\n`;
  const bytes = new TextEncoder().encode(`${whole}${keys.map((key) => `${signerLineOf(key, now)}\n`).join("")}`);
  // Told before it is done: a change of the trust root that the ledger does not know of would be worse than the reverse.
  await world.store.transact((ledger) =>
    ledger.appendLeaf({
      type: "authority.changed",
      actor: `uid:${world.operator.uid}`,
      channel: "cli",
      digests: { before: source.digest, after: digestOf(bytes) },
      detail: { what: "keys made", keys: keys.map(({ role, fingerprint }) => `${role} ${fingerprint}`).join(", ") },
    }),
  );
  await world.home.write(SIGNERS_PATH, bytes, source.digest);
};
