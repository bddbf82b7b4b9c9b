import type { ApprovalSigning, SignerObject } from "../../../harness/objects/signing.ts";
import type { WriteApi } from "../../api.ts";
import { tell, type Problem } from "../ask.ts";
import type { Entry } from "../sentence.ts";
import { signWithPasskey } from "../sign.ts";

/** Words of a reader, and how they came into the field. */
export interface Said {
  readonly text: string;
  readonly entry: Entry;
}

/** What became of an approval that was to be signed here. */
export type Signed =
  | { readonly kind: "recorded"; readonly seq: number }
  | { readonly kind: "moved" | "refused"; readonly problem: Problem }
  | { readonly kind: "not-signed"; readonly why: string };

/** Draws the record, lets the browser's passkey sign it, and posts both; each step re-reads everything at the server. */
export const approveByPasskey = async (
  { work, presentedSha256 }: ApprovalSigning,
  { key }: SignerObject,
  { ticks, said: { text: sentence, entry } }: { readonly ticks: readonly string[]; readonly said: Said },
): Promise<Signed> => {
  const asked: WriteApi["/api/w/:name/approval-draft"]["given"] = { sentence, entry, presentedSha256, key, ticks };
  const draft = await tell<WriteApi["/api/w/:name/approval-draft"]["answer"]>(
    `/api/w/${encodeURIComponent(work)}/approval-draft`,
    asked,
  );
  if (!draft.ok) return refused(draft.problem);
  const signed = await signWithPasskey(draft.value);
  if (signed.kind === "not-signed") return { kind: "not-signed", why: `${signed.says} Nothing was recorded.` };
  const given: WriteApi["/api/approvals"]["given"] = { record: draft.value.record, signature: signed.signature, entry };
  const recorded = await tell<WriteApi["/api/approvals"]["answer"]>("/api/approvals", given);
  return recorded.ok ? { kind: "recorded", seq: recorded.value.seq } : refused(recorded.problem);
};

const refused = (problem: Problem): Signed => ({ kind: problem.status === 412 ? "moved" : "refused", problem });
