import { createHash } from "node:crypto";

import { PASSKEY_ALGORITHM, PASSKEY_APPLICATION } from "./passkey-signature.ts";
import { ok, refuse, type Result } from "./result.ts";
import type { SshPublicKey } from "./ssh-public-key.ts";
import { wireString } from "./ssh-wire.ts";

/** What `navigator.credentials.get` answers, as bytes. */
export interface Assertion {
  readonly clientDataJSON: Uint8Array;
  readonly authenticatorData: Uint8Array;
  /** ECDSA in DER. */
  readonly signature: Uint8Array;
}

/** The hash of every signature that a page asks for, as `ssh-keygen -Y sign` has it. */
export const PASSKEY_HASH = "sha512";

/**
 * The same signature in the form that OpenSSH stores and verifies (PROTOCOL.sshsig, PROTOCOL.u2f), or what is wrong with
 * the assertion. Nothing is verified by this: what it makes is read and verified like any other signature.
 */
export const sshSignatureOf = (
  { clientDataJSON, authenticatorData, signature }: Assertion,
  key: Pick<SshPublicKey, "blob">,
  namespace: string,
): Result<Uint8Array, string> => {
  const of = Buffer.from(authenticatorData);
  // RP id hash, flags, counter; attested keys and extensions would follow.
  if (of.length !== 37) return refuse("its authenticator data are not those of an assertion without extensions");
  const rpId = createHash("sha256").update(PASSKEY_APPLICATION).digest();
  if (!of.subarray(0, 32).equals(rpId)) return refuse(`it was made for another RP id than ${PASSKEY_APPLICATION}`);
  const origin = originIn(clientDataJSON);
  if (origin === undefined) return refuse("its client data name no origin");
  const numbers = ecdsaNumbers(Buffer.from(signature));
  if (numbers === undefined) return refuse("its signature is no ECDSA signature in DER");
  const inner = Buffer.concat([
    wireString(PASSKEY_ALGORITHM),
    wireString(Buffer.concat(numbers.map(wireString))),
    of.subarray(32),
    wireString(origin),
    wireString(clientDataJSON),
    wireString(""),
  ]);
  const version = Buffer.of(0, 0, 0, 1);
  const fields = [key.blob, namespace, "", PASSKEY_HASH, inner].map(wireString);
  const base64 = Buffer.concat([Buffer.from("SSHSIG"), version, ...fields]).toString("base64");
  const lines = base64.match(/.{1,70}/g) ?? [];
  return ok(Buffer.from(`-----BEGIN SSH SIGNATURE-----\n${lines.join("\n")}\n-----END SSH SIGNATURE-----\n`));
};

const originIn = (clientDataJSON: Uint8Array): string | undefined => {
  try {
    const read: unknown = JSON.parse(Buffer.from(clientDataJSON).toString("utf8"));
    const origin: unknown = new Map(Object.entries(Object(read))).get("origin");
    return typeof origin === "string" ? origin : undefined;
  } catch {
    return undefined;
  }
};

/** r and s: DER writes them as SSH does. Their form is judged where the signature is read. */
const ecdsaNumbers = (der: Buffer): readonly [Buffer, Buffer] | undefined => {
  const [tag, length, rTag, rLength = 0] = der;
  const sAt = 4 + rLength;
  const [sTag, sLength] = der.subarray(sAt);
  const isPair = tag === 0x30 && length === der.length - 2 && rTag === 0x02 && sTag === 0x02;
  return isPair && sLength === der.length - sAt - 2 ? [der.subarray(4, sAt), der.subarray(sAt + 2)] : undefined;
};
