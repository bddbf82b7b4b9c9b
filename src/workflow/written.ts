import { z } from "zod";

import { parseDigest, type Digest } from "./digest.ts";
import { parseOid, workId, type Oid, type WorkId } from "./ids.ts";

/** Schemas of the branded values as they are written down in records. */
export const writtenDigest: z.ZodType<Digest> = z.string().transform((text, context) => {
  const digest = parseDigest(text);
  if (digest === undefined) context.addIssue("it is not a SHA-256 digest in 64 lower-case hex digits");
  return digest ?? z.NEVER;
});

export const writtenOid: z.ZodType<Oid> = z.string().transform((text, context) => {
  const oid = parseOid(text);
  if (oid === undefined) context.addIssue("it is not a git object id in 40 lower-case hex digits");
  return oid ?? z.NEVER;
});

export const writtenWorkId: z.ZodType<WorkId> = z.string().transform((text, context) => {
  const id = workId(text);
  if (id === undefined) context.addIssue("it is not a work item id");
  return id ?? z.NEVER;
});

/** RFC 3339 in UTC with a final Z. */
export const writtenTime: z.ZodType<string> = z.iso.datetime();

/** One line of text, not empty. */
export const writtenLine: z.ZodType<string> = z
  .string()
  .min(1)
  .max(4096)
  .refine((text) => !/\p{Cc}/u.test(text), "it holds a control character");

/** The SHA-256 fingerprint of a public key, as OpenSSH prints it. */
export const writtenFingerprint: z.ZodType<string> = z.string().regex(/^SHA256:[A-Za-z0-9+/]{43}$/);

/** The origin of a page that may ask for a passkey: this machine under its one name, any port (surface.md 4.4). */
export const writtenOrigin: z.ZodType<string> = z.string().regex(/^http:\/\/localhost(?::[1-9]\d{0,4})?$/);
