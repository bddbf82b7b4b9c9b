import { z } from "zod";

import { BACKEND_KINDS } from "../contract/contract.ts";
import { LIMITS } from "../limits.ts";
import { refusal, type Refusal } from "../refusal.ts";
import { refuse, type Result } from "../result.ts";
import { readStrictJson } from "../strict-json.ts";
import { writtenLine, writtenOid, writtenTime } from "../written.ts";
import { ADMISSION_STATUSES, type AdmissionRecord, type AdmissionStatus } from "./admission.ts";

/** The role of a key that admits (evidence.md 1). */
export const ADMISSION_NAMESPACE = "admission@cto-harness";

/** The bytes of an `-ADMISSION.json`, read once and strictly. */
export const readAdmissionRecord = (bytes: Uint8Array): Result<AdmissionRecord, Refusal> => {
  const record = readStrictJson(bytes, LIMITS.admissionRecordBytesMax, admissionSchema);
  if (!record.ok) return refuse(refusal("admission/record-unreadable", { problem: record.refusals[0] }));
  if (record.value.expiresAt <= record.value.admittedAt)
    return refuse(refusal("admission/record-unreadable", { problem: "it expires before it begins" }));
  return record;
};

/** The bytes that the owner signs. */
export const writeAdmissionRecord = (record: AdmissionRecord): string => {
  const { schema, id, status, path, device, inode, rootCommits, branch, owner, riskClassification } = record;
  const { stages, backends, admittedAt, expiresAt, reason } = record;
  const who = { schema, id, status, path, device, inode, rootCommits, branch, owner, riskClassification };
  return `${JSON.stringify({ ...who, stages, backends, admittedAt, expiresAt, reason }, null, 2)}\n`;
};

/** The same record in another status. Whatever signature it had is over other bytes now. */
export const withStatus = (record: AdmissionRecord, status: AdmissionStatus, reason: string): AdmissionRecord => ({
  ...record,
  status,
  reason,
});

/** Where the detached signature of a record lies. */
export const signaturePathOf = (recordPath: string): string => `${recordPath}.sig`;

const absolutePath = writtenLine.check(
  // A line of a pattern ends at U+2028 too, and a path may have one: every character is looked at.
  z.regex(/^(?![\s\S]*(?:\/\/|\/\.{0,2}(?:\/|$)))\/[\s\S]/, "it is not an absolute path in its shortest form"),
);
const decimal = z.string().regex(/^(?:0|[1-9][0-9]{0,19})$/);
const oneOrMore = <T>(item: z.ZodType<T>): z.ZodType<readonly T[]> =>
  z
    .array(item)
    .min(1)
    .max(64)
    .refine((items) => new Set(items).size === items.length, "an entry is there twice")
    .meta({ uniqueItems: true });

/** The form of an `-ADMISSION.json`; that it expires after it begins, only the reader says. */
export const admissionSchema: z.ZodType<AdmissionRecord> = z.strictObject({
  schema: z.literal("cto/admission/v1"),
  id: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/),
  status: z.enum(ADMISSION_STATUSES),
  path: absolutePath,
  device: decimal,
  inode: decimal,
  rootCommits: oneOrMore(writtenOid),
  branch: writtenLine,
  owner: writtenLine,
  riskClassification: writtenLine,
  stages: oneOrMore(z.int().min(0).max(5)),
  backends: oneOrMore(z.enum(BACKEND_KINDS)),
  admittedAt: writtenTime,
  expiresAt: writtenTime,
  reason: z.string().max(2000),
});
