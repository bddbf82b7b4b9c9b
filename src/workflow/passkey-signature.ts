import type { SshPublicKey } from "./ssh-public-key.ts";
import type { SshWire } from "./ssh-wire.ts";

/** The signature type under which OpenSSH takes what a browser's passkey signed (OpenSSH PROTOCOL.u2f). */
export const PASSKEY_ALGORITHM = "webauthn-sk-ecdsa-sha2-nistp256@openssh.com";

/** The only kind of key that a browser is asked to make: all that OpenSSH has a signature type for. */
const PASSKEY_KEY_TYPE = "sk-ecdsa-sha2-nistp256@openssh.com";

/** The RP id of every passkey of a home, and the application of its line in allowed_signers (surface.md 4.4). */
export const PASSKEY_APPLICATION = "localhost";

/** Whether a key answers to the pages of this machine; a hardware key of the same kind may be asked by ssh-keygen too. */
export const isPasskey = ({ type, application }: Pick<SshPublicKey, "type" | "application">): boolean =>
  type === PASSKEY_KEY_TYPE && application?.toString("latin1") === PASSKEY_APPLICATION;

/** What an assertion holds beside its flags, counter and numbers. */
export interface PasskeyParts {
  readonly origin: string;
  readonly clientData: string;
}

/** The fields that follow flags and counter; what OpenSSH would take and we do not is an empty text, which fits nothing. */
export const readPasskeyParts = (wire: SshWire): PasskeyParts => {
  const origin = wire.string().toString("latin1");
  const clientData = wire.string().toString("utf8");
  const isBare = wire.string().length === 0;
  return { origin, clientData: isBare ? clientData : "" };
};

/**
 * Whether a browser was asked for exactly this signature, by a page of this origin and not from within another one. The
 * beginning is compared byte for byte, as OpenSSH does (WebAuthn 3, 5.8.1.1, fixes the order), and read as JSON besides,
 * so that nothing later in the text takes a word of it back.
 */
export const isClientData = (text: string, challenge: Uint8Array, origin: string): boolean => {
  const asked = { type: "webauthn.get", challenge: Buffer.from(challenge).toString("base64url"), origin };
  const beginning = JSON.stringify({ ...asked, crossOrigin: false }).slice(0, -1);
  if (!text.startsWith(`${beginning},`) && text !== `${beginning}}`) return false;
  try {
    const read: unknown = JSON.parse(text);
    return Object.entries({ ...asked, crossOrigin: false }).every(
      ([name, value]) => new Map(Object.entries(Object(read))).get(name) === value,
    );
  } catch {
    return false;
  }
};

/** Attested keys and extensions have no place in an assertion of ours, nor have bits that nobody defined. */
export const arePasskeyFlags = (flags: number): boolean => (flags & 0b1110_0010) === 0;
