import { z } from "zod";

import { parseDigest, type Digest } from "./digest.ts";
import { parseOid, workId, type Oid, type WorkId } from "./ids.ts";

/** Schemas of the branded values as they are written down in records. */
export const writtenDigest: z.ZodType<Digest> = branded(
  /^[0-9a-f]{64}$/,
  "it is not a SHA-256 digest in 64 lower-case hex digits",
  parseDigest,
);

export const writtenOid: z.ZodType<Oid> = branded(
  /^[0-9a-f]{40}$/,
  "it is not a git object id in 40 lower-case hex digits",
  parseOid,
);

export const writtenWorkId: z.ZodType<WorkId> = branded(/^CTO-WORK-[0-9]{3,9}$/, "it is not a work item id", workId);

/** RFC 3339 in UTC with a final Z. */
export const writtenTime: z.ZodType<string> = z.iso.datetime();

/** One line of text, not empty. */
export const writtenLine: z.ZodType<string> = z
  .string()
  .min(1)
  .max(4096)
  .regex(/^\P{Cc}*$/u, "it holds a control character");

/** The SHA-256 fingerprint of a public key, as OpenSSH prints it. */
export const writtenFingerprint: z.ZodType<string> = z.string().regex(/^SHA256:[A-Za-z0-9+/]{43}$/);

/** The origin of a page that may ask for a passkey: this machine under its one name, any port (surface.md 4.4). */
export const writtenOrigin: z.ZodType<string> = z.string().regex(/^http:\/\/localhost(?::[1-9]\d{0,4})?$/);

// The pattern is what a published schema can say of it; only `read` makes the value.
function branded<T>(pattern: RegExp, problem: string, read: (text: string) => T | undefined): z.ZodType<T> {
  return z
    .string()
    .regex(pattern, problem)
    .transform((text, context) => {
      const value = read(text);
      if (value === undefined) context.addIssue(problem);
      return value ?? z.NEVER;
    });
}

/** A subject of an in-toto statement, under a name that is known. */
export const writtenSubject = <Name extends string>(
  name: Name,
): z.ZodObject<
  { name: z.ZodLiteral<Name>; digest: z.ZodObject<{ sha256: typeof writtenDigest }, z.core.$strict> },
  z.core.$strict
> => z.strictObject({ name: z.literal(name), digest: z.strictObject({ sha256: writtenDigest }) });
