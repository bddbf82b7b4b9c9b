import type { AssertionObject, DraftObject, SignerObject } from "../../harness/objects/signing.ts";

/** What a passkey answered, or why it did not, in words for whoever was asked. */
export type Signed =
  | { readonly kind: "signed"; readonly signature: AssertionObject }
  | { readonly kind: "not-signed"; readonly says: string };

/** Asks the passkey that a draft names, of whoever sits here; the answer is posted as `signature` (docs/adr/0029-signed-on-a-page.md). */
export const signWithPasskey = async ({ passkey }: DraftObject): Promise<Signed> => {
  if (passkey === null) return { kind: "not-signed", says: "The key of this draft is no passkey." };
  const { challenge, rpId, credentials, timeoutMs } = passkey;
  const publicKey: PublicKeyCredentialRequestOptions = {
    challenge: bytesOf(challenge),
    rpId,
    userVerification: "required",
    allowCredentials: credentials.map((id) => ({ type: "public-key", id: bytesOf(id) })),
    timeout: timeoutMs,
  };
  const given = await asked(() => navigator.credentials.get({ publicKey }));
  if (typeof given === "string") return { kind: "not-signed", says: given };
  const { response } = given;
  if (!(response instanceof AuthenticatorAssertionResponse)) return { kind: "not-signed", says: NO_ANSWER };
  return {
    kind: "signed",
    signature: {
      clientDataJSON: base64url(response.clientDataJSON),
      authenticatorData: base64url(response.authenticatorData),
      signature: base64url(response.signature),
    },
  };
};

/** A passkey that was made here, as the line by which a person adds it to allowed_signers; nothing is written by this page. */
export type MadePasskey =
  | { readonly kind: "made"; readonly line: string }
  | { readonly kind: "not-made"; readonly says: string };

/** Makes a passkey of this browser for one principal. */
export const makePasskey = async (principal: string): Promise<MadePasskey> => {
  if (!/^[A-Za-z0-9_][A-Za-z0-9@._+-]{0,254}$/.test(principal))
    return { kind: "not-made", says: "A principal of allowed_signers is a plain name." };
  const publicKey: PublicKeyCredentialCreationOptions = {
    rp: { id: "localhost", name: "CTO Harness" },
    user: { id: chance(16), name: principal, displayName: principal },
    challenge: chance(32),
    pubKeyCredParams: [{ type: "public-key", alg: ES256 }],
    authenticatorSelection: { userVerification: "required", residentKey: "preferred" },
    attestation: "none",
  };
  const given = await asked(() => navigator.credentials.create({ publicKey }));
  if (typeof given === "string") return { kind: "not-made", says: given };
  const { response, rawId } = given;
  const spki = response instanceof AuthenticatorAttestationResponse ? response.getPublicKey() : null;
  const line = spki === null ? undefined : signerLine(principal, new Uint8Array(spki), base64url(rawId));
  return line === undefined
    ? { kind: "not-made", says: "This passkey is of another kind than ECDSA over P-256." }
    : { kind: "made", line };
};

/** The line of allowed_signers for a P-256 key in SubjectPublicKeyInfo; undefined for any other key. */
export const signerLine = (principal: string, spki: Uint8Array, credential: string): string | undefined => {
  const isP256 = spki.length === SPKI_P256.length + 65 && SPKI_P256.every((byte, at) => spki[at] === byte);
  if (!isP256) return undefined;
  const type = "sk-ecdsa-sha2-nistp256@openssh.com";
  const point = spki.subarray(SPKI_P256.length);
  const fields = [utf8(type), utf8("nistp256"), point, utf8("localhost")].flatMap((field) => [
    0,
    0,
    0,
    field.length,
    ...field,
  ]);
  return `${principal} namespaces="${ROLES}" ${type} ${btoa(String.fromCharCode(...fields))} passkey:${credential}`;
};

/** Whether this browser can be asked at all; a passkey belongs to a name, never to an address. */
export const hasPasskeys = (): boolean => "PublicKeyCredential" in window && location.hostname === "localhost";

/** Whether this browser can be asked for the key. */
export const canAskPasskey = ({ passkey }: SignerObject): boolean => passkey && hasPasskeys();

const ROLES = "approval@cto-harness,outcome@cto-harness";

/** ECDSA over P-256 with SHA-256 (COSE), the only kind that OpenSSH has a signature type for. */
const ES256 = -7;

/** What stands before the point in a P-256 key (RFC 5480). */
const SPKI_P256 = [
  0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce,
  0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
] as const;

const NO_ANSWER = "The browser answered with something else than a passkey.";

// A browser does not tell whether somebody said no, nobody came, or no passkey fits, so that a page learns nothing of them.
const asked = async (ask: () => Promise<Credential | null>): Promise<PublicKeyCredential | string> => {
  if (!hasPasskeys()) return "This browser has no passkeys at this address.";
  try {
    const given = await ask();
    return given instanceof PublicKeyCredential ? given : NO_ANSWER;
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
    return REASONS[error.name] ?? `The browser refused: ${error.name}.`;
  }
};

const REASONS: Readonly<Record<string, string>> = {
  NotAllowedError: "No passkey signed: it was declined, nobody answered in time, or none fits here.",
  NotSupportedError: "No passkey of this kind can be made here.",
  SecurityError: "The browser allows no passkey at this address.",
  AbortError: "The browser stopped asking.",
};

const chance = (size: number): Uint8Array<ArrayBuffer> => crypto.getRandomValues(new Uint8Array(size));

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

const base64url = (bytes: ArrayBuffer): string =>
  btoa(String.fromCharCode(...new Uint8Array(bytes)))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");

const bytesOf = (text: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
