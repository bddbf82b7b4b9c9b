import { z } from "zod";

import { ASSURANCE_LEVELS, type Assurance } from "../authority.ts";
import type { Digest } from "../digest.ts";
import { parseRunId, type Oid, type RunId, type WorkId } from "../ids.ts";
import { LIMITS } from "../limits.ts";
import { refusal, type Refusal } from "../refusal.ts";
import { ok, refuse, type Result } from "../result.ts";
import { readStrictJson } from "../strict-json.ts";
import {
  writtenDigest,
  writtenLine,
  writtenOid,
  writtenOrigin,
  writtenSubject,
  writtenTime,
  writtenWorkId,
} from "../written.ts";

/** What the owner decided about one run (evidence.md 3.2). Signed as it is, in namespace `outcome@cto-harness`. */
export interface OutcomeRecord {
  readonly outcome: "accepted" | "rejected";
  readonly runId: RunId;
  readonly workId: WorkId;
  readonly commit: Oid;
  readonly base: Oid;
  /** Empty only for accepted. */
  readonly reason: string;
  /** Findings and denied attempts that accepting names, by code. */
  readonly acknowledged: readonly string[];
  /** Criteria that the owner judged met by accepting. */
  readonly judged: readonly string[];
  /** What was seen of each of them, where it was said; on a page it has to be. */
  readonly notes?: readonly JudgedNote[];
  /** The sentence that was typed, null for a rejection: no is one step. */
  readonly sentence: string | null;
  readonly decidedAt: string;
  readonly approver: {
    readonly principal: string;
    readonly method: "sshsig";
    readonly assurance: Assurance;
    /** The page on which a passkey is asked; left out for keys that answer to no page. */
    readonly origin?: string;
  };
  readonly authority: { readonly allowedSignersSha256: Digest };
  readonly ledgerCheckpoint: { readonly origin: string; readonly size: number; readonly rootHash: string };
}

/** One criterion that the owner judged, and what he saw. */
export interface JudgedNote {
  readonly id: string;
  readonly note: string;
}

/** The only namespace in which a signature over an outcome counts. */
export const OUTCOME_NAMESPACE = "outcome@cto-harness";
const PREDICATE = "urn:cto-harness:predicate:outcome:v1";

/** The words that accept exactly one run (surface.md 4). */
export const acceptSentence = ({
  work,
  run,
  commit,
}: {
  readonly work: WorkId;
  readonly run: RunId;
  readonly commit: Oid;
}): string => `I accept the outcome of ${work} run ${run} at commit ${commit.slice(0, 7)}.`;

/** What an outcome judges: every file of the bundle by their sums, and what the Harness signed of the run (R119). */
export interface JudgedEvidence {
  readonly sums: Digest;
  /** Digest of `attestations/run.sigstore.json`; "none" for a bundle that the Harness did not sign. */
  readonly statement: Digest | "none";
}

/** Where the run statement lies in a bundle. */
export const RUN_STATEMENT = "attestations/run.sigstore.json";

/** An in-toto Statement v1 over the bundle's sums and its run statement, one final line feed. */
export const writeOutcomeRecord = (record: OutcomeRecord, { sums, statement }: JudgedEvidence): string =>
  `${JSON.stringify({
    _type: "https://in-toto.io/Statement/v1",
    predicateType: PREDICATE,
    subject: [
      { name: "SHA256SUMS", digest: { sha256: sums } },
      ...(statement === "none" ? [] : [{ name: RUN_STATEMENT, digest: { sha256: statement } }]),
    ],
    predicate: record,
  })}\n`;

const writtenRunId = z.string().transform((text, context) => {
  const run = parseRunId(text);
  if (run === undefined) context.addIssue("it is not a run id");
  return run ?? z.NEVER;
});

const predicate = z
  .strictObject({
    outcome: z.enum(["accepted", "rejected"]),
    runId: writtenRunId,
    workId: writtenWorkId,
    commit: writtenOid,
    base: writtenOid,
    reason: z.string().max(4096),
    acknowledged: z.array(z.string().max(256)).max(1000),
    judged: z.array(z.string().max(16)).max(1000),
    notes: z
      .array(z.strictObject({ id: z.string().max(16), note: z.string().min(1).max(LIMITS.surfaceReasonCharactersMax) }))
      .max(1000)
      .exactOptional(),
    sentence: z.string().max(400).nullable(),
    decidedAt: writtenTime,
    approver: z.strictObject({
      principal: writtenLine,
      method: z.literal("sshsig"),
      assurance: z.enum(ASSURANCE_LEVELS),
      origin: writtenOrigin.exactOptional(),
    }),
    authority: z.strictObject({ allowedSignersSha256: writtenDigest }),
    ledgerCheckpoint: z.strictObject({
      origin: writtenLine,
      size: z.int().nonnegative(),
      rootHash: z.string().max(128),
    }),
  })
  .superRefine((record, context) => {
    for (const message of contradictionsIn(record)) context.addIssue(message);
  });

// No is one step and needs a reason; yes is the sentence that names what is accepted.
function* contradictionsIn({
  outcome,
  reason,
  sentence,
  workId: work,
  runId: run,
  commit,
}: z.output<typeof predicate>): Iterable<string> {
  if (outcome === "rejected" && reason.trim() === "") yield "a rejection without a reason";
  if (outcome === "rejected" && sentence !== null) yield "a rejection with a sentence that accepts";
  if (outcome === "accepted" && sentence !== acceptSentence({ work, run, commit }))
    yield "an acceptance in other words";
}

const statement = z.strictObject({
  _type: z.literal("https://in-toto.io/Statement/v1"),
  predicateType: z.literal(PREDICATE),
  subject: z.union([
    z.tuple([writtenSubject("SHA256SUMS")]),
    z.tuple([writtenSubject("SHA256SUMS"), writtenSubject(RUN_STATEMENT)]),
  ]),
  predicate,
});

/** Reads a record back, strictly. */
export const readOutcomeRecord = (
  bytes: Uint8Array,
): Result<JudgedEvidence & { readonly record: OutcomeRecord }, Refusal> => {
  const read = readStrictJson(bytes, LIMITS.outcomeRecordBytesMax, statement);
  if (!read.ok) return refuse(refusal("outcome/record-unreadable", { says: read.refusals[0] }));
  const [sums, run] = read.value.subject;
  return ok({ record: read.value.predicate, sums: sums.digest.sha256, statement: run?.digest.sha256 ?? "none" });
};
