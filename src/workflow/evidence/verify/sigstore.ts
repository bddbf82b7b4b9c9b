import { z } from "zod";

import { base64Bytes, joined, textIn, utf8 } from "./bytes.ts";
import { readJson } from "./reading.ts";
import { strictJson } from "./strict-json.ts";

/** A Sigstore bundle v0.3 with one DSSE signature, as it lies in a file. Read, not yet believed. */
export interface Envelope {
  /** What stands as a hint for whoever looks for the key; it decides nothing. */
  readonly keyid: string;
  readonly signature: Uint8Array;
  /** The bytes that were signed (DSSE pre-authentication encoding of payload type and payload). */
  readonly signed: Uint8Array;
  readonly statement: Statement;
}

export interface Statement {
  readonly subject: readonly Resource[];
  readonly predicateType: string;
  readonly predicate: unknown;
}

export interface Resource {
  readonly name: string;
  readonly digest: Readonly<Record<string, string>>;
}

const PAYLOAD_TYPE = "application/vnd.in-toto+json";

/** Strict: exactly the members of this form, one signature, one spelling of each base64, one key hint. A text says what is wrong. */
export const readEnvelope = (bytes: Uint8Array): Envelope | string => {
  const bundle = readJson(bytes, bundleSchema);
  if (bundle === undefined) return "it does not read as a Sigstore bundle v0.3 with one DSSE signature by a public key";
  // Nothing signs the envelope itself, so it has one spelling: else a byte of the file could be changed unseen.
  if (textIn(bytes) !== `${JSON.stringify(bundle, null, 2)}\n`) return "it is not written in its one form";
  const { payload, payloadType, signatures } = bundle.dsseEnvelope;
  const [{ sig, keyid }] = signatures;
  if (payloadType !== PAYLOAD_TYPE) return "its payload is of another type than an in-toto statement";
  if (keyid !== bundle.verificationMaterial.publicKey.hint) return "its keyid and its hint name two keys";
  const [body, signature] = [base64Bytes(payload), base64Bytes(sig)];
  if (body === undefined || signature === undefined) return "its base64 is not in its one form";
  if (signature.length !== SIGNATURE_BYTES) return "its signature is no Ed25519 signature";
  const statement = statementIn(body);
  if (statement === undefined) return "its payload does not read as an in-toto Statement v1";
  const head = utf8(`DSSEv1 ${PAYLOAD_TYPE.length} ${PAYLOAD_TYPE} ${body.length} `);
  return { keyid, signature, signed: joined(head, body), statement };
};

const SIGNATURE_BYTES = 64;

const statementIn = (body: Uint8Array): Statement | undefined => {
  const text = textIn(body);
  const json = text === undefined ? undefined : strictJson(text);
  const read = json === undefined ? undefined : statementSchema.safeParse(json.value);
  return read?.success === true ? read.data : undefined;
};

const bundleSchema = z.strictObject({
  mediaType: z.literal("application/vnd.dev.sigstore.bundle.v0.3+json"),
  verificationMaterial: z.strictObject({
    publicKey: z.strictObject({ hint: z.string() }),
    tlogEntries: z.tuple([]),
  }),
  dsseEnvelope: z.strictObject({
    payload: z.string(),
    payloadType: z.string(),
    signatures: z.tuple([z.strictObject({ sig: z.string(), keyid: z.string() })]),
  }),
});

const statementSchema = z.strictObject({
  _type: z.literal("https://in-toto.io/Statement/v1"),
  subject: z.array(z.strictObject({ name: z.string(), digest: z.record(z.string(), z.string()) })).min(1),
  predicateType: z.string(),
  predicate: z.unknown(),
});
