import { constants, createHash, verify } from "node:crypto";

import { holdersOf, type Signer } from "./allowed-signers.ts";
import { assertNever } from "./assert-never.ts";
import type { ListedKeys } from "./key-revocation-list.ts";
import { LIMITS } from "./limits.ts";
import {
  arePasskeyFlags,
  isClientData,
  isPasskey,
  PASSKEY_ALGORITHM,
  readPasskeyParts,
  type PasskeyParts,
} from "./passkey-signature.ts";
import { ok, refuse, type Result } from "./result.ts";
import { isRevoked } from "./revoked-keys.ts";
import { CURVES, readPublicKey, type KeyType, type SshPublicKey } from "./ssh-public-key.ts";
import { positiveInteger, readWire, wireString, type SshWire } from "./ssh-wire.ts";

export interface SignatureCheck {
  readonly message: Uint8Array;
  /** The armored SSHSIG, as `ssh-keygen -Y sign` writes it. */
  readonly signature: Uint8Array;
  readonly namespace: string;
  readonly signers: readonly Signer[];
  /** Keys that count for nothing, whatever they signed and whenever. */
  readonly revoked: ListedKeys;
  /** The moment at which the key must have the role, milliseconds since the epoch. */
  readonly at: number;
  /** The page that a passkey must have been asked on; left out, no passkey counts. */
  readonly origin?: string | undefined;
}

/** A signature that holds, by a key that has the role at that time. */
export interface VerifiedSignature {
  /** The first of `principals`. */
  readonly principal: string;
  /** Every name that the trust root gives this key for the namespace at that time. */
  readonly principals: readonly string[];
  readonly keyFingerprint: string;
  readonly keyType: KeyType;
  /** What a hardware key says about its user; absent for all other keys. */
  readonly flags?: HardwareFlags;
  readonly counter?: number;
}

interface HardwareFlags {
  readonly userPresent: boolean;
  readonly userVerified: boolean;
  /** A passkey that its owner's other devices may hold too (WebAuthn, backup eligible). */
  readonly mayBeCopied: boolean;
}

/** Why a signature is worth nothing. The stages word it: a code of theirs for each kind. */
export interface SignatureFault {
  readonly kind:
    | "malformed"
    | "other-namespace"
    | "does-not-verify"
    | "other-page"
    | "no-user-presence"
    | "no-user-verification"
    | "revoked"
    | "no-role";
  readonly says: string;
  /** The key that signed; absent when the signature was not even read. */
  readonly keyFingerprint?: string;
}

/** Verifies an SSHSIG over exactly these bytes. Nothing is believed but the signers given. */
export const verifySshSignature = (check: SignatureCheck): Result<VerifiedSignature, SignatureFault> => {
  const read = readSignature(check.signature);
  if (!read.ok) return refuse({ kind: "malformed", says: read.refusals[0] });
  const { key, namespace, flags, counter, passkey } = read.value;
  const keyFingerprint = key.fingerprint;
  const no = (kind: SignatureFault["kind"], says: string): Result<never, SignatureFault> =>
    refuse({ kind, says, keyFingerprint });

  if (namespace !== check.namespace)
    return no("other-namespace", `it is for ${JSON.stringify(namespace)}, not for ${check.namespace}`);
  if (passkey !== undefined && (check.origin === undefined || passkey.origin !== check.origin))
    return no(
      "other-page",
      `a page of ${JSON.stringify(passkey.origin)} asked for it, not ${check.origin ?? "one of ours"}`,
    );
  if (!holds(read.value, check.message)) return no("does-not-verify", "it does not fit these bytes and this key");
  if (isRevoked(check.revoked, key)) return no("revoked", `the key ${keyFingerprint} is revoked`);
  const [principal, ...others] = holdersOf(check.signers, keyFingerprint, check.namespace, check.at);
  if (principal === undefined)
    return no("no-role", `the key ${keyFingerprint} has no role ${check.namespace} at that time`);
  if (flags !== undefined && !flags.userPresent)
    return no("no-user-presence", `the key ${keyFingerprint} signed without a touch`);
  // A browser was told to require it: whoever answers without did not do what was asked.
  if (passkey !== undefined && flags?.userVerified !== true)
    return no("no-user-verification", `the passkey ${keyFingerprint} signed without verifying its user`);
  return ok({
    principal,
    principals: [principal, ...others],
    keyFingerprint,
    keyType: key.type,
    ...(flags === undefined ? {} : { flags }),
    ...(counter === undefined ? {} : { counter }),
  });
};

interface ReadSignature {
  readonly key: SshPublicKey;
  readonly namespace: string;
  readonly hash: "sha256" | "sha512";
  readonly algorithm: string;
  readonly value: Buffer;
  readonly flagsByte: number;
  readonly flags?: HardwareFlags;
  readonly counter?: number;
  readonly passkey?: PasskeyParts;
}

const readSignature = (armored: Uint8Array): Result<ReadSignature, string> => {
  const blob = unarmor(armored);
  if (blob === undefined) return refuse("it is not an armored SSH signature");
  const wire = readWire(blob);
  if (wire.raw(6).toString("latin1") !== "SSHSIG") return refuse("it does not start with SSHSIG");
  if (wire.uint32() !== 1) return refuse("it is of an unknown version");
  const keyBlob = wire.string();
  const namespace = wire.string().toString("utf8");
  const reserved = wire.string();
  const hashName = wire.string().toString("latin1");
  const signatureBlob = wire.string();
  if (!wire.ended()) return refuse("it has too few or too many bytes");
  if (reserved.length > 0) return refuse("its reserved field is not empty");
  if (hashName !== "sha256" && hashName !== "sha512") return refuse("its hash is neither sha256 nor sha512");
  const key = readPublicKey(keyBlob);
  if (!key.ok) return key;

  const inner = readWire(signatureBlob);
  const algorithm = inner.string().toString("latin1");
  const value = inner.string();
  const ofHardware = hardwareParts(key.value, inner);
  const isOfBrowser = algorithm === PASSKEY_ALGORITHM;
  const ofPasskey = isOfBrowser ? { passkey: readPasskeyParts(inner) } : {};
  if (!inner.ended()) return refuse("its inner signature has too few or too many bytes");
  if (!algorithmsOf(key.value).includes(algorithm))
    return refuse(`algorithm ${JSON.stringify(algorithm.slice(0, 64))} is not accepted for this key`);
  if (isOfBrowser && !arePasskeyFlags(ofHardware.flagsByte)) return refuse("its flags are none of an assertion");
  return ok({ key: key.value, namespace, hash: hashName, algorithm, value, ...ofHardware, ...ofPasskey });
};

const ARMOR =
  /^-----BEGIN SSH SIGNATURE-----\n((?:[A-Za-z0-9+/]{1,76}\n)*[A-Za-z0-9+/]{1,76}={0,2})\n-----END SSH SIGNATURE-----\n?$/;

const unarmor = (armored: Uint8Array): Buffer | undefined => {
  if (armored.length > LIMITS.signatureBytesMax) return undefined;
  const [, body] = ARMOR.exec(Buffer.from(armored).toString("latin1")) ?? [];
  if (body === undefined) return undefined;
  const base64 = body.replaceAll("\n", "");
  const blob = Buffer.from(base64, "base64");
  return blob.toString("base64") === base64 ? blob : undefined;
};

// `ssh-keygen -Y verify` 9.2p1 accepts hardware signatures with any flags, so they are read here (evidence.md 3.3).
const hardwareParts = (key: SshPublicKey, inner: SshWire): Pick<ReadSignature, "flagsByte" | "flags" | "counter"> => {
  if (key.application === null) return { flagsByte: 0 };
  const flagsByte = inner.byte();
  const counter = inner.uint32();
  const has = (bit: number): boolean => (flagsByte & bit) !== 0;
  const flags = { userPresent: has(0x01), userVerified: has(0x04), mayBeCopied: has(0x08) };
  return { flagsByte, flags, counter };
};

const algorithmsOf = (key: SshPublicKey): readonly string[] => {
  if (key.type === "ssh-rsa") return ["rsa-sha2-256", "rsa-sha2-512"];
  return isPasskey(key) ? [key.type, PASSKEY_ALGORITHM] : [key.type];
};

/** What `ssh-keygen -Y sign` signs of a message, and what a browser is challenged with (OpenSSH PROTOCOL.sshsig). */
export const toBeSigned = (message: Uint8Array, namespace: string, hash: "sha256" | "sha512"): Buffer =>
  Buffer.concat([
    Buffer.from("SSHSIG"),
    wireString(namespace),
    wireString(""),
    wireString(hash),
    wireString(createHash(hash).update(message).digest()),
  ]);

const holds = (read: ReadSignature, message: Uint8Array): boolean => {
  const asked = toBeSigned(message, read.namespace, read.hash);
  if (read.passkey !== undefined && !isClientData(read.passkey.clientData, asked, read.passkey.origin)) return false;
  const told = read.passkey === undefined ? asked : Buffer.from(read.passkey.clientData);
  const signed = read.key.application === null ? told : hardwareInput(read, read.key.application, told);
  const { type, key } = read.key;
  switch (type) {
    case "ssh-ed25519":
    case "sk-ssh-ed25519@openssh.com":
      return verify(null, signed, key, read.value);
    case "ssh-rsa":
      return verify(
        read.algorithm === "rsa-sha2-512" ? "sha512" : "sha256",
        signed,
        { key, padding: constants.RSA_PKCS1_PADDING },
        read.value,
      );
    case "ecdsa-sha2-nistp256":
    case "ecdsa-sha2-nistp384":
    case "ecdsa-sha2-nistp521":
    case "sk-ecdsa-sha2-nistp256@openssh.com": {
      const pair = ecdsaPair(read.value, CURVES[type].bytes);
      return pair !== undefined && verify(ECDSA_HASHES[type], signed, { key, dsaEncoding: "ieee-p1363" }, pair);
    }
    default:
      return assertNever(type);
  }
};

const ECDSA_HASHES = {
  "ecdsa-sha2-nistp256": "sha256",
  "ecdsa-sha2-nistp384": "sha384",
  "ecdsa-sha2-nistp521": "sha512",
  "sk-ecdsa-sha2-nistp256@openssh.com": "sha256",
} as const;

const hardwareInput = (read: ReadSignature, application: Buffer, told: Buffer): Buffer => {
  const counter = Buffer.alloc(4);
  counter.writeUInt32BE(read.counter ?? 0);
  return Buffer.concat([sha256(application), Buffer.of(read.flagsByte), counter, sha256(told)]);
};

const sha256 = (bytes: Uint8Array): Buffer => createHash("sha256").update(bytes).digest();

const ecdsaPair = (value: Buffer, bytes: number): Buffer | undefined => {
  const wire = readWire(value);
  const numbers = [wire.string(), wire.string()].map(positiveInteger);
  const pair = numbers.map((number) =>
    number === undefined || number.length > bytes
      ? undefined
      : Buffer.concat([Buffer.alloc(bytes - number.length), number]),
  );
  const [r, s] = pair;
  return wire.ended() && r !== undefined && s !== undefined ? Buffer.concat([r, s]) : undefined;
};
