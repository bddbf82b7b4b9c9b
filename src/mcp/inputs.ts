import { z } from "zod";

import { LIMITS } from "../workflow/limits.ts";

/** The forms of what an assistant may ask with. Whatever is not in them is refused. */
export const WORK: z.ZodString = z
  .string()
  .regex(/^CTO-WORK-\d{3,9}$/)
  .describe("a work item, such as CTO-WORK-049");

export const RUN: z.ZodString = z
  .string()
  .regex(/^R-\d{3,9}-\d{2,6}$/)
  .describe("a run, such as R-049-02");

export const STATE: z.ZodOptional<z.ZodString> = z
  .string()
  .max(40)
  .optional()
  .describe("a state or its beginning: voided finds every kind; cto_explain states lists them");

export const OFFSET: z.ZodDefault<z.ZodInt> = z
  .int()
  .min(0)
  .max(LIMITS.mcpOffsetMax)
  .default(0)
  .describe("how many rows to leave out");

export const LIMIT: z.ZodDefault<z.ZodInt> = z
  .int()
  .min(1)
  .max(LIMITS.mcpRowsMax)
  .default(20)
  .describe("how many rows at most");

/** Where the next page of a list begins; nothing at its end. */
export const nextOffset = (
  { offset, limit }: { readonly offset: number; readonly limit: number },
  total: number,
): { readonly nextOffset?: number } => (offset + limit < total ? { nextOffset: offset + limit } : {});
