import { latin1, textIn, unpaddedBase64 } from "./bytes.ts";
import { hasBit, PRESENT, VERIFIED } from "./flags.ts";
import type { Wire } from "./ssh-wire.ts";

/** The signature type of OpenSSH's PROTOCOL.u2f for what a browser's passkey signed. */
export const PASSKEY_ALGORITHM = "webauthn-sk-ecdsa-sha2-nistp256@openssh.com";

/** What a browser added: the page that asked, and the text that the key signed instead of our bytes. */
export interface PasskeyParts {
  readonly origin: string;
  readonly clientData: Uint8Array;
}

/** Undefined where a field is missing, or where there are extensions, which none of our pages asks for. */
export const readPasskey = (wire: Wire): PasskeyParts | undefined => {
  const origin = wire.text();
  const clientData = wire.string();
  const extensions = wire.string();
  return origin === undefined || clientData === undefined || extensions?.length !== 0
    ? undefined
    : { origin, clientData };
};

/**
 * Whether the browser says that a page of this origin, in no frame of another, asked it for exactly this signature. How
 * the text begins is fixed (WebAuthn 3, 5.8.1.1); a member that came again later would be a second answer.
 */
export const isAskedFor = ({ origin, clientData }: PasskeyParts, challenge: Uint8Array): boolean => {
  const encoded = unpaddedBase64(challenge).replaceAll("+", "-").replaceAll("/", "_");
  const expected = `{"type":"webauthn.get","challenge":"${encoded}","origin":"${origin}","crossOrigin":false`;
  const begins = (text: string): boolean => text.startsWith(`${expected},`) || text === `${expected}}`;
  return begins(latin1(clientData)) && begins(readAgain(clientData));
};

const readAgain = (clientData: Uint8Array): string => {
  try {
    return JSON.stringify(JSON.parse(textIn(clientData) ?? ""));
  } catch {
    return "";
  }
};

/** Presence and verification of the user, and nothing that an assertion of ours does not have. */
export const isVerifiedAssertion = (flags: number | undefined): boolean =>
  hasBit(flags, PRESENT) && hasBit(flags, VERIFIED) && !FOREIGN.some((bit) => hasBit(flags, bit));

// Two bits that nobody defined, an attested key, extensions.
const FOREIGN = [2, 32, 64, 128] as const;
