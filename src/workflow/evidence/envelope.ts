import { jsonFile } from "./json-file.ts";
import type { Statement } from "./statement.ts";

const PAYLOAD_TYPE = "application/vnd.in-toto+json";

/** A statement as bytes, and the bytes that a key signs for it (DSSE pre-authentication encoding). */
export interface ToSign {
  readonly payload: Uint8Array;
  readonly signed: Uint8Array;
}

export const toSign = (statement: Statement): ToSign => {
  const payload = new TextEncoder().encode(jsonFile(statement));
  const head = new TextEncoder().encode(`DSSEv1 ${PAYLOAD_TYPE.length} ${PAYLOAD_TYPE} ${payload.length} `);
  return { payload, signed: Buffer.concat([head, payload]) };
};

/** The file that lies in the bundle: a Sigstore bundle v0.3 with one DSSE signature, and the key's fingerprint as its hint. */
export const sigstoreBundle = ({ payload }: ToSign, fingerprint: string, signature: Uint8Array): Uint8Array =>
  new TextEncoder().encode(
    jsonFile({
      mediaType: "application/vnd.dev.sigstore.bundle.v0.3+json",
      verificationMaterial: { publicKey: { hint: fingerprint }, tlogEntries: [] },
      dsseEnvelope: {
        payload: Buffer.from(payload).toString("base64"),
        payloadType: PAYLOAD_TYPE,
        signatures: [{ sig: Buffer.from(signature).toString("base64"), keyid: fingerprint }],
      },
    }),
  );
