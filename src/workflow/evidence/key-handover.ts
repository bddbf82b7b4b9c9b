import { z } from "zod";

import type { Checkpoint } from "../checkpoint.ts";
import { asJson } from "../digest.ts";
import { KEY_ROLES, type OwnPublicKey } from "../own-keys.ts";
import type { Statement } from "./statement.ts";

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

/** A hand-over as this home keeps it; undefined for bytes that are none. Its signatures are not looked at here. */
export const readHandover = (bundle: Uint8Array): Handover | undefined => {
  try {
    const { dsseEnvelope } = Envelope.parse(JSON.parse(new TextDecoder().decode(bundle)));
    const { predicate } = HandoverStatement.parse(
      JSON.parse(Buffer.from(dsseEnvelope.payload, "base64").toString("utf8")),
    );
    const { from, to, at, ledgerCheckpoint: checkpoint } = predicate;
    return { from, to, at, checkpoint };
  } catch {
    return undefined;
  }
};

const Envelope = z.looseObject({ dsseEnvelope: z.looseObject({ payload: z.string() }) });

const key: z.ZodType<OwnPublicKey> = z.strictObject({
  role: z.enum(KEY_ROLES),
  line: z.string(),
  fingerprint: z.string().regex(/^SHA256:/),
});

const HandoverStatement = z.looseObject({
  predicateType: z.literal(PREDICATE),
  predicate: z.strictObject({
    from: key,
    to: key,
    at: z.iso.datetime(),
    ledgerCheckpoint: z.strictObject({ origin: z.string(), size: z.int(), rootHash: z.string() }),
  }),
});
