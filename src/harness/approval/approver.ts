import { holdersOf } from "../../workflow/allowed-signers.ts";
import { APPROVAL_NAMESPACE, type ApprovalRecord } from "../../workflow/approval/approval-record.ts";
import { assuranceOf } from "../../workflow/approval/assurance.ts";
import { quorumOf } from "../../workflow/approval/quorum.ts";
import { isPasskey } from "../../workflow/passkey-signature.ts";
import { readPublicKeyLine } from "../../workflow/ssh-public-key.ts";
import type { World } from "../world.ts";
import type { OpenRound } from "./open-round.ts";
import type { Presented } from "./present.ts";

/** By what a record is going to be signed: nothing, or a key that is told by its fingerprint; null for one that does not read. */
export type SigningKey = { readonly kind: "none" } | { readonly kind: "key"; readonly fingerprint: string | null };

/** The key at a path of the person at the command line. */
export const keyAt = async (world: Pick<World, "keys">, key: string | undefined): Promise<SigningKey> => {
  if (key === undefined) return { kind: "none" };
  const line = readPublicKeyLine((await world.keys.publicKeyOf(key)).trim());
  return { kind: "key", fingerprint: line.ok ? line.value.fingerprint : null };
};

/**
 * The key is named in the record before it is signed, so that record and signature speak of one key. Whose it is says the
 * trust root; a key of nobody who may approve is told under the owner's name, and refused.
 */
export const approverOf = (
  world: Pick<World, "operator" | "clock">,
  { contract, authority, trust }: Presented,
  { key, entry }: { readonly key: SigningKey; readonly entry: ApprovalRecord["input"]["entry"] },
  round: OpenRound | "none",
): ApprovalRecord["approver"] => {
  if (key.kind === "none") {
    const method = entry === "typed" && world.operator.tty !== null ? "tty" : "typed";
    return { principal: contract.owner, method, keyFingerprint: null, assurance: assuranceOf(method) };
  }
  const { fingerprint: keyFingerprint } = key;
  const signed = round === "none" ? [] : round.records.map(({ approver }) => approver.principal);
  const mayBe = approversBy(world, { contract, authority, trust }, key);
  const principal = mayBe.find((name) => !signed.includes(name)) ?? mayBe[0] ?? contract.owner;
  const of = { principal, method: "sshsig", keyFingerprint, assurance: "A2" } as const;
  return { ...of, ...pageOf(world, trust, keyFingerprint) };
};

/** Those who may approve and whose key it is now. */
export const approversBy = (
  { clock }: Pick<World, "clock">,
  { contract, authority, trust }: Pick<Presented, "contract" | "authority" | "trust">,
  key: SigningKey,
): readonly string[] => {
  const fingerprint = key.kind === "none" ? null : key.fingerprint;
  const names =
    fingerprint === null ? [] : holdersOf(trust.signers, fingerprint, APPROVAL_NAMESPACE, clock.now().epochMs);
  return quorumOf(authority, contract.owner).eligible.filter((name) => names.includes(name));
};

/** The page that asks, where the key is one that answers to pages; it is signed with the record. */
export const pageOf = (
  { operator: { page } }: Pick<World, "operator">,
  { signers }: Presented["trust"],
  fingerprint: string | null,
): { readonly origin?: string } =>
  page !== undefined && signers.some(({ key }) => key.fingerprint === fingerprint && isPasskey(key))
    ? { origin: page }
    : {};
