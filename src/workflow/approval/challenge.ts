import { canonicalJson, digestOf } from "../digest.ts";
import type { WorkId } from "../ids.ts";
import { timeText, type Instant } from "../instant.ts";
import type { ApprovalRecord, ApprovalSubjects } from "./approval-record.ts";

/** The question that an approval answers: asked by this home, now, about exactly these things (evidence.md 3.4). */
export interface Challenge {
  readonly schema: "cto/challenge/v1";
  readonly workId: WorkId;
  readonly nonce: string;
  readonly issuedAt: string;
  readonly bootId: string;
  readonly bootMs: number;
  /** Fingerprint of the Harness key, or null while it has none. */
  readonly issuedByKey: string | null;
  readonly subjects: ApprovalSubjects;
}

export const makeChallenge = (
  workId: WorkId,
  subjects: ApprovalSubjects,
  now: Instant,
  nonce: Uint8Array,
  issuedByKey: string | null,
): Challenge => ({
  schema: "cto/challenge/v1",
  workId,
  nonce: Buffer.from(nonce).toString("base64url"),
  issuedAt: timeText(now.epochMs),
  bootId: now.bootId,
  bootMs: now.bootMs,
  issuedByKey,
  subjects,
});

/** The bytes of `challenge.json`. */
export const writeChallenge = (challenge: Challenge): string => `${canonicalJson(challenge)}\n`;

/** What the record repeats of the challenge it answers. */
export const answerTo = (challenge: Challenge): ApprovalRecord["challenge"] => ({
  nonce: challenge.nonce,
  issuedAt: challenge.issuedAt,
  sha256: digestOf(writeChallenge(challenge)),
  bootId: challenge.bootId,
  bootMs: challenge.bootMs,
});
