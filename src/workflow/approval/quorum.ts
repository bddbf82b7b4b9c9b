import type { Authority } from "../authority.ts";
import { canonicalJson } from "../digest.ts";
import { refusal, type Refusal } from "../refusal.ts";
import type { ApprovalRecord } from "./approval-record.ts";
import type { ReadApproval } from "./read-approval-record.ts";

/** How many of whom must say it (evidence.md 3.4). */
export interface Quorum {
  readonly required: number;
  /** Never empty; where policy names nobody, the owner alone. */
  readonly eligible: readonly string[];
  readonly authorMayApprove: boolean;
}

/** A policy without `approval` means what it always meant: one signature, the owner's, who may be the author. */
export const quorumOf = ({ approval }: Pick<Authority, "approval">, owner: string): Quorum => {
  const eligible = approval?.eligible ?? [owner];
  return {
    required: approval?.quorum ?? 1,
    eligible,
    // Where only one can sign, nobody else could speak for what he wrote himself.
    authorMayApprove: approval?.authorMayApprove ?? eligible.length === 1,
  };
};

/** Distinct principals with distinct keys: one person with two keys counts once, and so does one key of two names. */
const countedIn = (records: readonly ApprovalRecord[]): number => {
  const principals = new Set(records.map(({ approver }) => approver.principal));
  const keys = new Set(records.map(({ approver }) => approver.keyFingerprint ?? approver.principal));
  return Math.min(principals.size, keys.size);
};

/** Each of the records says the same thing of the same world, nobody judges his own words, and enough have spoken. */
export function* objectionsToQuorum(read: readonly ReadApproval[], quorum: Quorum, owner: string): Iterable<Refusal> {
  const records = read.map(({ record }) => record);
  const [first, ...others] = read;
  for (const other of others)
    for (const [field, part] of Object.entries(SHARED))
      if (first !== undefined && canonicalJson(part(first)) !== canonicalJson(part(other)))
        yield refusal("approval/records-disagree", { field });
  for (const { quorum: told } of records)
    if (told.required !== quorum.required || canonicalJson(told.eligible) !== canonicalJson(quorum.eligible))
      yield refusal("approval/contradicts-contract", { field: "quorum" });
  if (!quorum.authorMayApprove)
    for (const { approver, packet } of records)
      if (approver.principal === packet.author || approver.principal === owner)
        yield refusal("approval/by-the-author", { author: approver.principal });
  const found = countedIn(records);
  if (found < quorum.required)
    yield refusal("approval/quorum-not-met", {
      found,
      required: quorum.required,
      eligible: quorum.eligible.join(", "),
    });
}

const SHARED: Readonly<Record<string, (read: ReadApproval) => object | string>> = {
  approvalId: ({ record }) => record.approvalId,
  challenge: ({ record }) => record.challenge,
  subjects: ({ subjects }) => subjects,
  validity: ({ record }) => record.validity,
  packet: ({ record }) => record.packet,
};
