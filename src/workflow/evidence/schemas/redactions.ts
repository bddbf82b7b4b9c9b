import { z } from "zod";

/** redactions.json (evidence.md 12): every place of the bundle at which something was taken out before it was hashed. */
export interface Redactions {
  readonly schema: "cto/redactions/v1";
  readonly run: string;
  /** Names of all that was looked for. */
  readonly rules: readonly string[];
  readonly redactions: readonly RedactedPlace[];
  /** Places beyond the cap, counted for each file and mark. */
  readonly folded: readonly FoldedPlaces[];
  readonly notClaimed: readonly string[];
}

interface RedactedOne {
  readonly file: string;
  /** What stands in `[redacted:<mark>]`; equal marks stand for equal bytes. */
  readonly mark: string;
  readonly rule: string;
  /** Length of the original. */
  readonly bytes: number;
  /** SHA-256 of a 32-byte salt and the original; null where several secrets share a mark. */
  readonly commitment: string | null;
}

interface RedactedPlace extends RedactedOne {
  /** Line and byte in it at which the mark begins, from 1. */
  readonly line: number;
  readonly column: number;
}

interface FoldedPlaces extends RedactedOne {
  readonly count: number;
}

const one = {
  file: z.string().min(1),
  mark: z.string().regex(/^[A-Za-z0-9_.:/#-]{1,200}$/),
  rule: z.string().min(1),
  bytes: z.int().nonnegative(),
  commitment: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .nullable(),
};

export const redactionsSchema: z.ZodType<Redactions> = z.strictObject({
  schema: z.literal("cto/redactions/v1"),
  run: z.string().regex(/^R-\d{3,9}-\d{2,6}$/),
  rules: z.array(z.string()),
  redactions: z.array(z.strictObject({ ...one, line: z.int().positive(), column: z.int().positive() })),
  folded: z.array(z.strictObject({ ...one, count: z.int().positive() })),
  notClaimed: z.array(z.string()),
});
