import { base64Bytes, joined, latin1, utf8 } from "./bytes.ts";
import { isAskedFor, isVerifiedAssertion, PASSKEY_ALGORITHM, readPasskey, type PasskeyParts } from "./passkey.ts";
import { readSshKey, unsigned, type SshKey } from "./ssh-key.ts";
import { wireField, wireOf } from "./ssh-wire.ts";
import type { SignatureHash, VerifyTools } from "./tools.ts";

/** An SSHSIG as it lies in a `.sig` file. Read, not yet believed. */
export interface SshSignature {
  readonly keyBlob: Uint8Array;
  readonly key: SshKey;
  readonly namespace: string;
  readonly reserved: Uint8Array;
  readonly hash: "sha256" | "sha512";
  readonly algorithm: string;
  readonly signature: Uint8Array;
  /** Presence (1) and verification (4) of the user, and the counter, for hardware keys. */
  readonly flags: number | undefined;
  readonly counter: number | undefined;
  /** Where a browser stood between us and the key. */
  readonly passkey: PasskeyParts | undefined;
}

export const readSshSignature = (armored: Uint8Array): SshSignature | undefined => {
  const blob = unarmored(armored);
  if (blob === undefined || latin1(blob.subarray(0, 6)) !== "SSHSIG") return undefined;
  const wire = wireOf(blob.subarray(6));
  const version = wire.uint32();
  const keyBlob = wire.string();
  const namespace = wire.text();
  const reserved = wire.string();
  const hash = wire.text();
  const inner = wire.string();
  if (version !== 1 || keyBlob === undefined || namespace === undefined || reserved === undefined) return undefined;
  if ((hash !== "sha256" && hash !== "sha512") || inner === undefined || !wire.isAtEnd()) return undefined;
  const key = readSshKey(keyBlob);
  const made = readInner(inner, key);
  return key === undefined || made === undefined ? undefined : { keyBlob, key, namespace, reserved, hash, ...made };
};

/**
 * Whether it was made over exactly these bytes by the key that it names. What a passkey signed counts only where the
 * record names the page that asked, and where it verified its user.
 */
export const isSignatureOver = async (
  tools: VerifyTools,
  signature: SshSignature,
  message: Uint8Array,
  page?: string,
): Promise<boolean> => {
  const { key, hash, flags, counter, algorithm, passkey } = signature;
  const digest = await (hash === "sha256" ? tools.sha256(message) : tools.sha512(message));
  const signed = joined(
    utf8("SSHSIG"),
    wireField(utf8(signature.namespace)),
    wireField(signature.reserved),
    wireField(utf8(hash)),
    wireField(digest),
  );
  const form = FORMS[algorithm];
  if (form === undefined || form.key !== key.type) return false;
  if (passkey !== undefined && !isOfPage(signature, passkey, page, signed)) return false;
  const raw = form.isEcdsa ? fixedEcdsa(signature.signature, form.curveBytes) : signature.signature;
  if (raw === undefined) return false;
  if (key.application === undefined) return tools.verifyKey(key.numbers, form.hash, signed, raw);
  const touched = joined(
    await tools.sha256(utf8(key.application)),
    Uint8Array.of(flags ?? 0),
    uint32(counter ?? 0),
    await tools.sha256(passkey?.clientData ?? signed),
  );
  return tools.verifyKey(key.numbers, form.hash, touched, raw);
};

const isOfPage = (
  { key, flags }: SshSignature,
  passkey: PasskeyParts,
  page: string | undefined,
  asked: Uint8Array,
): boolean =>
  page === passkey.origin &&
  /^http:\/\/localhost(?::\d{1,5})?$/.test(page) &&
  key.application === "localhost" &&
  isVerifiedAssertion(flags) &&
  isAskedFor(passkey, asked);

interface Form {
  readonly key: string;
  readonly hash: SignatureHash;
  readonly isEcdsa: boolean;
  readonly curveBytes: number;
}

const form = (key: string, hash: SignatureHash, curveBytes: number = 0): Form => ({
  key,
  hash,
  isEcdsa: curveBytes > 0,
  curveBytes,
});

// ssh-rsa itself means SHA-1 and is not in the table.
const FORMS: Readonly<Record<string, Form>> = {
  "ssh-ed25519": form("ssh-ed25519", "none"),
  "sk-ssh-ed25519@openssh.com": form("sk-ssh-ed25519@openssh.com", "none"),
  "ecdsa-sha2-nistp256": form("ecdsa-sha2-nistp256", "sha256", 32),
  "sk-ecdsa-sha2-nistp256@openssh.com": form("sk-ecdsa-sha2-nistp256@openssh.com", "sha256", 32),
  [PASSKEY_ALGORITHM]: form("sk-ecdsa-sha2-nistp256@openssh.com", "sha256", 32),
  "ecdsa-sha2-nistp384": form("ecdsa-sha2-nistp384", "sha384", 48),
  "ecdsa-sha2-nistp521": form("ecdsa-sha2-nistp521", "sha512", 66),
  "rsa-sha2-256": form("ssh-rsa", "sha256"),
  "rsa-sha2-512": form("ssh-rsa", "sha512"),
};

const unarmored = (armored: Uint8Array): Uint8Array | undefined => {
  const [, body] =
    /^-----BEGIN SSH SIGNATURE-----\r?\n([A-Za-z0-9+/=\r\n]+)\r?\n-----END SSH SIGNATURE-----\r?\n?$/.exec(
      latin1(armored),
    ) ?? [];
  return body === undefined ? undefined : base64Bytes(body.replaceAll(/[\r\n]/g, ""));
};

const readInner = (
  inner: Uint8Array,
  key: SshKey | undefined,
): Pick<SshSignature, "algorithm" | "signature" | "flags" | "counter" | "passkey"> | undefined => {
  const wire = wireOf(inner);
  const algorithm = wire.text();
  const signature = wire.string();
  const isHardware = key?.application !== undefined;
  const flags = isHardware ? wire.byte() : undefined;
  const counter = isHardware ? wire.uint32() : undefined;
  const isPasskey = algorithm === PASSKEY_ALGORITHM;
  const passkey = isPasskey ? readPasskey(wire) : undefined;
  if (isPasskey && passkey === undefined) return undefined;
  if (algorithm === undefined || signature === undefined || !wire.isAtEnd()) return undefined;
  if (isHardware && (flags === undefined || counter === undefined)) return undefined;
  return { algorithm, signature, flags, counter, passkey };
};

/** SSH writes r and s as two mpints; the crypto object wants them side by side. */
const fixedEcdsa = (signature: Uint8Array, size: number): Uint8Array | undefined => {
  const wire = wireOf(signature);
  const [r, s] = [wire.string(), wire.string()];
  if (r === undefined || s === undefined || !wire.isAtEnd()) return undefined;
  const parts = [unsigned(r), unsigned(s)];
  if (parts.some(({ length }) => length > size)) return undefined;
  const fixed = new Uint8Array(2 * size);
  for (const [at, part] of parts.entries()) fixed.set(part, (at + 1) * size - part.length);
  return fixed;
};

const uint32 = (value: number): Uint8Array => {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value);
  return bytes;
};
