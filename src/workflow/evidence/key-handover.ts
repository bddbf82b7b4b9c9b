import { z } from "zod";

import { asJson } from "../as-json.ts";
import type { Checkpoint } from "../checkpoint.ts";
import { digestOf } from "../digest.ts";
import { KEY_ROLES, type OwnPublicKey } from "../own-keys.ts";
import type { Statement } from "./statement.ts";
import { readEnvelope } from "./verify/sigstore.ts";

/** One of the home's own keys gave its place to another; both sign this (evidence.md 1). */
export interface Handover {
  readonly from: OwnPublicKey;
  readonly to: OwnPublicKey;
  /** RFC 3339, whole seconds: from then on the new key counts. */
  readonly at: string;
  /** The ledger as it stood. */
  readonly checkpoint: Checkpoint;
}

const PREDICATE = "urn:cto-harness:predicate:key-handover:v1";

export const writeHandover = ({ from, to, at, checkpoint }: Handover): Statement => ({
  _type: "https://in-toto.io/Statement/v1",
  subject: [
    { name: "from", digest: { sha256: hexOf(from) } },
    { name: "to", digest: { sha256: hexOf(to) } },
  ],
  predicateType: PREDICATE,
  predicate: asJson({ from, to, at, ledgerCheckpoint: checkpoint }),
});

// A fingerprint is the SHA-256 of the key as SSH writes it.
const hexOf = ({ fingerprint }: OwnPublicKey): string =>
  Buffer.from(fingerprint.slice("SHA256:".length), "base64").toString("hex");

/** A hand-over as it lies in a file with one signature, which nobody has looked at yet. */
export interface SignedHandover {
  readonly handover: Handover;
  readonly keyid: string;
  readonly signed: Uint8Array;
  readonly signature: Uint8Array;
}

/** A file of a hand-over, strictly; undefined for bytes that are none, or that name their keys in two ways. */
export const readHandover = (bundle: Uint8Array): SignedHandover | undefined => {
  const envelope = readEnvelope(bundle);
  const read = typeof envelope === "string" ? undefined : HandoverStatement.safeParse(envelope.statement);
  if (typeof envelope === "string" || read?.success !== true) return undefined;
  const { from, to, at, ledgerCheckpoint: checkpoint } = read.data.predicate;
  const handover = { from, to, at, checkpoint };
  const { keyid, signed, signature } = envelope;
  const isItsOwn = JSON.stringify(read.data.subject) === JSON.stringify(writeHandover(handover).subject);
  return isItsOwn ? { handover, keyid, signed, signature } : undefined;
};

/** Where the two files of a hand-over lie in a home: the one that the old key signed, and the one of the new key. */
export const handoverPath = ({ line }: OwnPublicKey, by: "from" | "to"): string =>
  `.cto/keys/handovers/${digestOf(line).slice(0, 16)}.${by}.sigstore.json`;

const key: z.ZodType<OwnPublicKey> = z.strictObject({
  role: z.enum(KEY_ROLES),
  line: z.string(),
  fingerprint: z.string().regex(/^SHA256:/),
});

const HandoverStatement = z.looseObject({
  subject: z.array(z.strictObject({ name: z.string(), digest: z.strictObject({ sha256: z.string() }) })),
  predicateType: z.literal(PREDICATE),
  predicate: z.strictObject({
    from: key,
    to: key,
    at: z.iso.datetime(),
    ledgerCheckpoint: z.strictObject({ origin: z.string(), size: z.int(), rootHash: z.string() }),
  }),
});
