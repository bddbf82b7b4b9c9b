import { z } from "zod";

import type { Assurance } from "../authority.ts";
import { parseDigest, type Digest } from "../digest.ts";
import { parseOid, parseRunId, workId, type Oid, type RunId, type WorkId } from "../ids.ts";
import { refusal, type Refusal } from "../refusal.ts";
import { ok, refuse, type Result } from "../result.ts";

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
  /** The sentence that was typed, null for a rejection: no is one step. */
  readonly sentence: string | null;
  readonly decidedAt: string;
  readonly approver: { readonly principal: string; readonly method: "sshsig"; readonly assurance: Assurance };
  readonly authority: { readonly allowedSignersSha256: Digest };
  readonly ledgerCheckpoint: { readonly origin: string; readonly size: number; readonly rootHash: string };
}

/** The only namespace in which a signature over an outcome counts. */
export const OUTCOME_NAMESPACE = "outcome@cto-harness";
const PREDICATE = "urn:cto-harness:predicate:outcome:v1";

/** The words that accept exactly one run (surface.md 4). */
export const acceptSentence = ({ work, run, commit }: { readonly work: WorkId; readonly run: RunId; readonly commit: Oid }): string =>
  `I accept the outcome of ${work} run ${run} at commit ${commit.slice(0, 7)}.`;

/** An in-toto Statement v1 over the bundle's SHA256SUMS, one final line feed. */
export const writeOutcomeRecord = (record: OutcomeRecord, sums: Digest): string =>
  `${JSON.stringify({
    _type: "https://in-toto.io/Statement/v1",
    predicateType: PREDICATE,
    subject: [{ name: "SHA256SUMS", digest: { sha256: sums } }],
    predicate: record,
  })}\n`;

const digest = z.string().transform((text, context) => parseDigest(text) ?? invalid(context, "no SHA-256"));
const oid = z.string().transform((text, context) => parseOid(text) ?? invalid(context, "no object id"));
const invalid = (context: z.RefinementCtx, message: string): never => {
  context.addIssue({ code: "custom", message });
  return z.NEVER;
};

const statement = z.strictObject({
  _type: z.literal("https://in-toto.io/Statement/v1"),
  predicateType: z.literal(PREDICATE),
  subject: z.tuple([z.strictObject({ name: z.literal("SHA256SUMS"), digest: z.strictObject({ sha256: digest }) })]),
  predicate: z.strictObject({
    outcome: z.enum(["accepted", "rejected"]),
    runId: z.string().transform((text, context) => parseRunId(text) ?? invalid(context, "no run id")),
    workId: z.string().transform((text, context) => workId(text) ?? invalid(context, "no work id")),
    commit: oid,
    base: oid,
    reason: z.string().max(4096),
    acknowledged: z.array(z.string().max(256)).max(1000),
    judged: z.array(z.string().max(16)).max(1000),
    sentence: z.string().max(400).nullable(),
    decidedAt: z.iso.datetime(),
    approver: z.strictObject({ principal: z.string(), method: z.literal("sshsig"), assurance: z.enum(["A0", "A1", "A2", "A3"]) }),
    authority: z.strictObject({ allowedSignersSha256: digest }),
    ledgerCheckpoint: z.strictObject({ origin: z.string(), size: z.number().int(), rootHash: z.string() }),
  }),
});

/** Reads a record back, strictly. */
export const readOutcomeRecord = (bytes: Uint8Array): Result<{ readonly record: OutcomeRecord; readonly sums: Digest }, Refusal> => {
  const wrong = (says: string): Result<never, Refusal> => refuse(refusal("outcome/record-unreadable", { says }));
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    return wrong("it is not JSON in UTF-8");
  }
  const read = statement.safeParse(json);
  if (!read.success) return wrong(z.prettifyError(read.error).replaceAll("\n", " "));
  return ok({ record: read.data.predicate, sums: read.data.subject[0].digest.sha256 });
};
