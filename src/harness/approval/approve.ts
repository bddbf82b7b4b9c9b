import { APPROVAL_NAMESPACE } from "../../workflow/approval/approval-record.ts";
import type { Refusal } from "../../workflow/refusal.ts";
import { ok, type Result } from "../../workflow/result.ts";
import type { World } from "../world.ts";
import { keyAt } from "./approver.ts";
import { prepareApproval } from "./prepare-approval.ts";
import type { Presented } from "./present.ts";
import { recordSigned, type Recorded } from "./record-approval.ts";
import { refusedApproval } from "./refused-approval.ts";

export interface Words {
  readonly bytes: Uint8Array;
  readonly entry: "typed" | "file";
  /** Path of the owner's private or public key; without one the words are host-attested only. */
  readonly key: string | undefined;
  readonly expiresMs: number | undefined;
}

/** The command line's way: compares the words, asks the person's own ssh-keygen for the signature, and records. */
export const recordApproval = async (
  world: World,
  shown: Presented,
  words: Words,
): Promise<Result<Recorded, Refusal>> => {
  const { bytes: said, entry, expiresMs } = words;
  const prepared = await prepareApproval(world, shown, {
    words: said,
    entry,
    key: () => keyAt(world, words.key),
    expiresMs,
    reviewedFrom: null,
    objections: [],
  });
  if (!prepared.ok) return prepared;
  const { bytes: record } = prepared.value;
  const signature =
    words.key === undefined
      ? ok("absent" as const)
      : await world.keys.askHumanToSign(record, APPROVAL_NAMESPACE, words.key);
  if (!signature.ok) return refusedApproval(world, shown.contract.workItem, signature.refusals, said);
  return recordSigned(world, { record, signature: signature.value, received: said });
};
