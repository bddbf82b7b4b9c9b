import { holdersOf } from "../workflow/allowed-signers.ts";
import { APPROVAL_NAMESPACE, type ApprovalRecord } from "../workflow/approval/approval-record.ts";
import { assuranceOf } from "../workflow/approval/assurance.ts";
import { quorumOf } from "../workflow/approval/quorum.ts";
import { readPublicKeyLine } from "../workflow/ssh-public-key.ts";
import type { OpenRound } from "./open-round.ts";
import type { Presented } from "./present.ts";
import type { World } from "./world.ts";

/**
 * The key is named in the record before it is signed, so that record and signature speak of one key. Whose it is says the
 * trust root; a key of nobody who may approve is told under the owner's name, and refused.
 */
export const approverOf = async (
  world: World,
  { contract, authority, trust }: Presented,
  { key, entry }: { readonly key: string | undefined; readonly entry: "typed" | "file" },
  round: OpenRound | "none",
): Promise<ApprovalRecord["approver"]> => {
  if (key === undefined) {
    const method = entry === "typed" && world.operator.tty !== null ? "tty" : "typed";
    return { principal: contract.owner, method, keyFingerprint: null, assurance: assuranceOf(method) };
  }
  const line = readPublicKeyLine((await world.keys.publicKeyOf(key)).trim());
  const keyFingerprint = line.ok ? line.value.fingerprint : null;
  const now = world.clock.now().epochMs;
  const names = keyFingerprint === null ? [] : holdersOf(trust.signers, keyFingerprint, APPROVAL_NAMESPACE, now);
  const { eligible } = quorumOf(authority, contract.owner);
  const signed = round === "none" ? [] : round.records.map(({ approver }) => approver.principal);
  const mayBe = eligible.filter((name) => names.includes(name));
  const principal = mayBe.find((name) => !signed.includes(name)) ?? mayBe[0] ?? contract.owner;
  return { principal, method: "sshsig", keyFingerprint, assurance: "A2" };
};
