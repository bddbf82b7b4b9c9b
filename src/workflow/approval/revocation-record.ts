import { z } from "zod";

import type { Digest } from "../digest.ts";
import type { WorkId } from "../ids.ts";
import { LIMITS } from "../limits.ts";
import { refusal, type Refusal } from "../refusal.ts";
import { ok, refuse, type Result } from "../result.ts";
import { readStrictJson } from "../strict-json.ts";
import { writtenDigest, writtenFingerprint, writtenLine, writtenTime, writtenWorkId } from "../written.ts";
import { STATEMENT_TYPE } from "./approval-record.ts";

/** An approval taken back (R051). Unsigned it takes effect as well; signed, anybody can show later who did it. */
export interface RevocationRecord {
  readonly approvalId: string;
  readonly workId: WorkId;
  readonly reason: string;
  readonly decidedAt: string;
  readonly revoker: { readonly principal: string; readonly keyFingerprint: string };
  /** As the host saw whoever gave the command. */
  readonly operator: { readonly uid: number; readonly tty: string | null };
  readonly authority: { readonly allowedSignersSha256: Digest };
  readonly ledgerCheckpoint: { readonly origin: string; readonly size: number; readonly rootHash: string };
}

/** The only namespace in which a signature over a withdrawal counts. */
export const REVOCATION_NAMESPACE = "revocation@cto-harness";
const PREDICATE = "urn:cto-harness:predicate:revocation:v1";

/** The exact bytes that are signed: an in-toto Statement v1 whose subjects are the records that are taken back. */
export const writeRevocationRecord = (record: RevocationRecord, approvals: readonly Digest[]): string =>
  `${JSON.stringify(
    {
      _type: STATEMENT_TYPE,
      predicateType: PREDICATE,
      subject: approvals.map((sha256) => ({ name: "approval", digest: { sha256 } })),
      predicate: record,
    },
    null,
    2,
  )}\n`;

/** Reads it back, strictly. */
export const readRevocationRecord = (
  bytes: Uint8Array,
): Result<{ readonly record: RevocationRecord; readonly approvals: readonly Digest[] }, Refusal> => {
  const read = readStrictJson(bytes, LIMITS.approvalRecordBytesMax, statement);
  if (!read.ok) return refuse(refusal("approval/record-unreadable", { problem: read.refusals[0] }));
  const { predicate: record, subject } = read.value;
  return ok({ record, approvals: subject.map(({ digest }) => digest.sha256) });
};

const statement = z.strictObject({
  _type: z.literal(STATEMENT_TYPE),
  predicateType: z.literal(PREDICATE),
  subject: z
    .array(z.strictObject({ name: z.literal("approval"), digest: z.strictObject({ sha256: writtenDigest }) }))
    .min(1)
    .max(LIMITS.approversMax),
  predicate: z.strictObject({
    approvalId: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/),
    workId: writtenWorkId,
    reason: z.string().max(4096),
    decidedAt: writtenTime,
    revoker: z.strictObject({ principal: writtenLine, keyFingerprint: writtenFingerprint }),
    operator: z.strictObject({ uid: z.int().nonnegative(), tty: writtenLine.nullable() }),
    authority: z.strictObject({ allowedSignersSha256: writtenDigest }),
    ledgerCheckpoint: z.strictObject({
      origin: writtenLine,
      size: z.int().nonnegative(),
      rootHash: z.string().max(128),
    }),
  }),
});
