import { assert, integer, property } from "fast-check";
import { afterAll, expect, test } from "vitest";

import {
  armor,
  hardwareKey,
  makeKey,
  removeFolder,
  signBy,
  sshsig,
  stockAccepts,
  temporaryFolder,
  toBeSigned,
  type RealKey,
} from "../../test/fixtures/ssh.ts";
import { readAllowedSigners, type Signer } from "./allowed-signers.ts";
import { NOTHING_REVOKED } from "./revoked-keys.ts";
import { verifySshSignature, type SignatureCheck } from "./ssh-signature.ts";
import { wireString } from "./ssh-wire.ts";

const folder = temporaryFolder();
afterAll(() => removeFolder(folder));

const NAMESPACE = "approval@cto-harness";
const MESSAGE = "the exact bytes of a record\n";
const AT = Date.parse("2026-06-01T10:00:00Z");

const signersOf = (text: string): readonly Signer[] => {
  const read = readAllowedSigners(Buffer.from(text));
  if (!read.ok) throw new Error(JSON.stringify(read.refusals));
  return read.value;
};
const lineOf = (publicKey: string, principal = "jp", options = ""): string =>
  `${principal} namespaces="${NAMESPACE}"${options} ${publicKey}\n`;

const keys = {
  ed25519: makeKey(folder, "ed25519"),
  "ecdsa p256": makeKey(folder, "p256", ["-t", "ecdsa", "-b", "256"]),
  "ecdsa p384": makeKey(folder, "p384", ["-t", "ecdsa", "-b", "384"]),
  "ecdsa p521": makeKey(folder, "p521", ["-t", "ecdsa", "-b", "521"]),
  rsa: makeKey(folder, "rsa", ["-t", "rsa", "-b", "2048"]),
} satisfies Record<string, RealKey>;
const { ed25519 } = keys;
const genuine = signBy(ed25519, MESSAGE, NAMESPACE);

const check = (change: Partial<SignatureCheck> = {}): SignatureCheck => ({
  message: Buffer.from(MESSAGE),
  signature: genuine,
  namespace: NAMESPACE,
  signers: signersOf(lineOf(ed25519.publicKey)),
  revoked: NOTHING_REVOKED,
  at: AT,
  ...change,
});

const ASKED = { principal: "jp", namespace: NAMESPACE, message: MESSAGE, signature: genuine };
const secondOf = (at: string): string => `${at.slice(0, 19).replaceAll(/[-T:]/g, "")}Z`;

test.each(Object.entries(keys))(
  "R046 a real signature by a key of type %s is accepted by us and by ssh-keygen",
  (_, key) => {
    for (const hash of ["sha256", "sha512"]) {
      const signature = signBy(key, MESSAGE, NAMESPACE, ["-O", `hashalg=${hash}`]);
      const line = lineOf(key.publicKey);
      expect(verifySshSignature(check({ signature, signers: signersOf(line) }))).toMatchObject({
        ok: true,
        value: { principal: "jp", principals: ["jp"], keyFingerprint: key.fingerprint },
      });
      const asked = { signers: line, principal: "jp", namespace: NAMESPACE, message: MESSAGE, signature };
      expect(stockAccepts(folder, asked)).toBe(true);
    }
  },
);

test("many signatures by curve keys hold, also those whose numbers are short", () => {
  for (let n = 0; n < 40; n += 1) {
    const key = hardwareKey("ecdsa");
    const signature = key.sign(`${n}`, NAMESPACE, 5);
    const signers = signersOf(lineOf(key.publicKey));
    expect(verifySshSignature(check({ message: Buffer.from(`${n}`), signature, signers })).ok).toBe(true);
  }
});

test.each([
  ["ed25519", 1, { userPresent: true, userVerified: false }],
  ["ed25519", 5, { userPresent: true, userVerified: true }],
  ["ecdsa", 1, { userPresent: true, userVerified: false }],
  ["ecdsa", 5, { userPresent: true, userVerified: true }],
] as const)("R046 the flags of a hardware key %s are read: %d", (kind, byte, flags) => {
  const key = hardwareKey(kind);
  const signature = key.sign(MESSAGE, NAMESPACE, byte, 41);
  const answer = verifySshSignature(check({ signature, signers: signersOf(lineOf(key.publicKey)) }));
  expect(answer).toMatchObject({ ok: true, value: { flags, counter: 41 } });
});

test.each(["ed25519", "ecdsa"] as const)(
  "R046 a hardware key %s without presence is refused, though ssh-keygen accepts it",
  (kind) => {
    const key = hardwareKey(kind);
    const signature = key.sign(MESSAGE, NAMESPACE, 0);
    const line = lineOf(key.publicKey);
    const asked = { signers: line, principal: "jp", namespace: NAMESPACE, message: MESSAGE, signature };
    expect(stockAccepts(folder, asked)).toBe(true);
    const answer = verifySshSignature(check({ signature, signers: signersOf(line) }));
    expect(answer).toMatchObject({ ok: false, refusals: [{ kind: "no-user-presence" }] });
  },
);

test("the flags are under the signature: raising them afterwards ends it", () => {
  const key = hardwareKey("ed25519");
  const low = Buffer.from(key.sign(MESSAGE, NAMESPACE, 1)).toString();
  const blob = Buffer.from(low.replaceAll(/-----.*-----/g, ""), "base64");
  blob[blob.length - 5] = 5;
  const answer = verifySshSignature(check({ signature: armor(blob), signers: signersOf(lineOf(key.publicKey)) }));
  expect(answer).toMatchObject({ ok: false, refusals: [{ kind: "does-not-verify" }] });
});

const other = makeKey(folder, "other");
const blobOf = (armored: Uint8Array): Buffer =>
  Buffer.from(
    Buffer.from(armored)
      .toString()
      .replaceAll(/-----.*-----/g, ""),
    "base64",
  );
const ed25519Blob = Buffer.from(ed25519.publicKey.split(" ")[1] ?? "", "base64");
const innerOf = (algorithm: string, length = 64): Buffer =>
  Buffer.concat([wireString(algorithm), wireString(Buffer.alloc(length, 1))]);
const text = Buffer.from(genuine).toString();

test.each<[string, Uint8Array | string]>([
  ["nothing", ""],
  ["garbage", "approve"],
  ["the words of the armor only", "-----BEGIN SSH SIGNATURE-----\n-----END SSH SIGNATURE-----\n"],
  ["bytes after the armor", `${text}x`],
  ["two line feeds after the armor", `${text}\n`],
  ["bytes before the armor", ` ${text}`],
  ["two signatures", `${text}${text}`],
  ["Windows line endings", text.replaceAll("\n", "\r\n")],
  ["base64 with a stray character", text.replace("\n", "\n!")],
  ["bytes after the blob", armor(Buffer.concat([blobOf(genuine), Buffer.from("x")]))],
  ["a blob cut short", armor(blobOf(genuine).subarray(0, -1))],
  ["another magic", sshsig({ key: ed25519Blob, namespace: NAMESPACE, inner: innerOf("ssh-ed25519"), magic: "SSHSIX" })],
  ["another version", sshsig({ key: ed25519Blob, namespace: NAMESPACE, inner: innerOf("ssh-ed25519"), version: 2 })],
  [
    "a filled reserved field",
    sshsig({ key: ed25519Blob, namespace: NAMESPACE, inner: innerOf("ssh-ed25519"), reserved: "x" }),
  ],
  ["hash md5", sshsig({ key: ed25519Blob, namespace: NAMESPACE, inner: innerOf("ssh-ed25519"), hash: "md5" })],
  ["hash sha1", sshsig({ key: ed25519Blob, namespace: NAMESPACE, inner: innerOf("ssh-ed25519"), hash: "sha1" })],
  ["an algorithm of another key", sshsig({ key: ed25519Blob, namespace: NAMESPACE, inner: innerOf("rsa-sha2-512") })],
  [
    "a certificate as key",
    sshsig({
      key: wireString("ssh-ed25519-cert-v01@openssh.com"),
      namespace: NAMESPACE,
      inner: innerOf("ssh-ed25519"),
    }),
  ],
  [
    "bytes inside the signature's end",
    sshsig({ key: ed25519Blob, namespace: NAMESPACE, inner: Buffer.concat([innerOf("ssh-ed25519"), Buffer.of(5)]) }),
  ],
  ["more than 16 KiB", Buffer.alloc(16_385, 65)],
])("%s is no signature", (_, signature) => {
  expect(verifySshSignature(check({ signature: Buffer.from(signature) }))).toMatchObject({
    ok: false,
    refusals: [{ kind: "malformed" }],
  });
});

test("an RSA signature over SHA-1 is refused, whatever it signs", () => {
  const key = Buffer.from(keys.rsa.publicKey.split(" ")[1] ?? "", "base64");
  const signature = sshsig({ key, namespace: NAMESPACE, inner: innerOf("ssh-rsa", 256) });
  const answer = verifySshSignature(check({ signature, signers: signersOf(lineOf(keys.rsa.publicKey)) }));
  expect(answer).toMatchObject({ ok: false, refusals: [{ kind: "malformed" }] });
});

test.each<[string, string, Partial<SignatureCheck>]>([
  ["another message", "does-not-verify", { message: Buffer.from(`${MESSAGE} `) }],
  ["another namespace than the one that is asked for", "other-namespace", { namespace: "outcome@cto-harness" }],
  [
    "a zero signature",
    "does-not-verify",
    { signature: sshsig({ key: ed25519Blob, namespace: NAMESPACE, inner: innerOf("ssh-ed25519") }) },
  ],
  [
    "a signature of the wrong length",
    "does-not-verify",
    { signature: sshsig({ key: ed25519Blob, namespace: NAMESPACE, inner: innerOf("ssh-ed25519", 63) }) },
  ],
  ["a key that nobody named", "no-role", { signature: signBy(other, MESSAGE, NAMESPACE) }],
  [
    "a key without this role",
    "no-role",
    { signers: signersOf(`jp namespaces="outcome@cto-harness" ${ed25519.publicKey}`) },
  ],
  ["an empty trust root", "no-role", { signers: [] }],
  ["a key of tomorrow", "no-role", { signers: signersOf(lineOf(ed25519.publicKey, "jp", ',valid-after="20260602Z"')) }],
  [
    "a key of yesterday",
    "no-role",
    { signers: signersOf(lineOf(ed25519.publicKey, "jp", ',valid-before="20260531Z"')) },
  ],
  ["a revoked key", "revoked", { revoked: { sha256: new Set([ed25519.fingerprint]), sha1: new Set() } }],
])("%s is refused", (_, kind, change) => {
  expect(verifySshSignature(check(change))).toMatchObject({ ok: false, refusals: [{ kind }] });
});

test("R046 a signature for one role is worth nothing for another", () => {
  const signers = signersOf(`jp namespaces="${NAMESPACE},outcome@cto-harness" ${ed25519.publicKey}`);
  const outcome = signBy(ed25519, MESSAGE, "outcome@cto-harness");
  expect(verifySshSignature(check({ signers, signature: outcome })).ok).toBe(false);
  expect(verifySshSignature(check({ signers, signature: outcome, namespace: "outcome@cto-harness" })).ok).toBe(true);
});

test("every name that the trust root gives a key is told, each once", () => {
  const signers = signersOf(lineOf(ed25519.publicKey, "jp,ana") + lineOf(ed25519.publicKey, "jp"));
  expect(verifySshSignature(check({ signers }))).toMatchObject({ ok: true, value: { principals: ["jp", "ana"] } });
});

test.each([
  ["one second before its first second", 'valid-after="20260601095959Z"', "2026-06-01T09:59:58.999Z", false],
  ["at its first second", 'valid-after="20260601095959Z"', "2026-06-01T09:59:59.000Z", true],
  ["at its first minute", 'valid-after="202606010959Z"', "2026-06-01T09:59:00.000Z", true],
  ["before its first day", 'valid-after="20260602Z"', "2026-06-01T23:59:59.000Z", false],
  ["at its last second", 'valid-before="20260601095959Z"', "2026-06-01T09:59:59.999Z", true],
  ["one second after its last second", 'valid-before="20260601095959Z"', "2026-06-01T10:00:00.000Z", false],
  ["one second after its last minute", 'valid-before="202606010959Z"', "2026-06-01T09:59:01.000Z", false],
  ["after its last day", 'valid-before="20260601Z"', "2026-06-01T00:00:01.000Z", false],
  ["between both", 'valid-after="20260601Z",valid-before="20260602Z"', "2026-06-01T12:00:00.000Z", true],
])("a key %s counts as ssh-keygen says", (_, option, at, accepted) => {
  const signers = lineOf(ed25519.publicKey, "jp", `,${option}`);
  expect(verifySshSignature(check({ signers: signersOf(signers), at: Date.parse(at) })).ok).toBe(accepted);
  expect(stockAccepts(folder, { ...ASKED, signers, at: secondOf(at) })).toBe(accepted);
});

// The two walls that are farthest apart: 14 hours before and 12 hours behind UTC.
const WALLS = ["<+14>-14", "<-12>12"];

test.each([
  ["before it begins anywhere", 'valid-after="20260601"', "2026-05-31T09:59:59.000Z", false, "nowhere"],
  ["where it has begun in the east only", 'valid-after="20260601"', "2026-05-31T10:00:00.000Z", false, "somewhere"],
  [
    "a second before it begins in the west",
    'valid-after="202606010000"',
    "2026-06-01T11:59:59.000Z",
    false,
    "somewhere",
  ],
  ["when it has begun in the west", 'valid-after="20260601000000"', "2026-06-01T12:00:00.000Z", true, "everywhere"],
  ["before it ends anywhere", 'valid-before="20260601"', "2026-05-31T10:00:00.000Z", true, "everywhere"],
  ["when it has ended in the east", 'valid-before="202606010000"', "2026-05-31T10:00:01.000Z", false, "somewhere"],
  ["when it has ended in the west", 'valid-before="20260601000000"', "2026-06-01T12:00:01.000Z", false, "nowhere"],
] as const)(
  "a time without Z, %s: it counts where ssh-keygen accepts it on every wall",
  (_, option, at, accepted, where) => {
    const signers = lineOf(ed25519.publicKey, "jp", `,${option}`);
    expect(verifySshSignature(check({ signers: signersOf(signers), at: Date.parse(at) })).ok).toBe(accepted);
    const answers = WALLS.map((zone) => stockAccepts(folder, { ...ASKED, signers, at: secondOf(at), zone }));
    expect(answers).toEqual({ nowhere: [false, false], somewhere: answers, everywhere: [true, true] }[where]);
    if (where === "somewhere") expect(new Set(answers).size).toBe(2);
  },
);

test("no single flipped bit of a signature or message is ever accepted", () => {
  const blob = blobOf(genuine);
  assert(
    property(integer({ min: 0, max: blob.length * 8 - 1 }), (bit) => {
      const bent = Buffer.from(blob);
      bent[bit >> 3] = (bent[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(verifySshSignature(check({ signature: armor(bent) })).ok).toBe(false);
    }),
    { numRuns: 400 },
  );
  const message = Buffer.from(MESSAGE);
  for (let bit = 0; bit < message.length * 8; bit += 1) {
    const bent = Buffer.from(message);
    bent[bit >> 3] = (bent[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    expect(verifySshSignature(check({ message: bent })).ok).toBe(false);
  }
});

test("the bytes under the signature are the ones that the format names", () => {
  expect(toBeSigned(MESSAGE, NAMESPACE).subarray(0, 6).toString()).toBe("SSHSIG");
});
