import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";

import { afterAll, expect, test } from "vitest";

import {
  hardwareKey,
  KEYGEN,
  makeKey,
  removeFolder,
  signBy,
  stockAccepts,
  temporaryFolder,
} from "../../test/fixtures/ssh.ts";
import { digestOf } from "./digest.ts";
import { isRevoked, readRevokedKeys } from "./revoked-keys.ts";
import { readPublicKeyLine, type SshPublicKey } from "./ssh-public-key.ts";

const folder = temporaryFolder();
afterAll(() => removeFolder(folder));

const lost = makeKey(folder, "lost");
const kept = makeKey(folder, "kept");
const rsa = makeKey(folder, "rsa", ["-t", "rsa", "-b", "2048"]);
const token = hardwareKey("ecdsa");
const NAMESPACE = "approval@cto-harness";

const keyOf = (line: string): SshPublicKey => {
  const read = readPublicKeyLine(line);
  if (!read.ok) throw new Error(read.refusals[0]);
  return read.value;
};

const source = (content: Uint8Array | string): Parameters<typeof readRevokedKeys>[0] & object => {
  const bytes = Buffer.from(content);
  return { path: ".sot/authority/revoked_keys", bytes, digest: digestOf(bytes) };
};

/** A list as the real tool makes it of a specification, added to an older one if there is one. */
const listOf = (name: string, specification: string, options: readonly string[] = []): Buffer => {
  const [file, spec] = [path.join(folder, `${name}.krl`), path.join(folder, `${name}.txt`)];
  writeFileSync(spec, specification);
  execFileSync(KEYGEN, ["-q", "-k", "-f", file, ...options, spec], { stdio: "pipe" });
  return readFileSync(file);
};

const revokes = (list: Uint8Array | string, key: string): boolean | string => {
  const read = readRevokedKeys(source(list));
  return read.ok ? isRevoked(read.value, keyOf(key)) : String(read.refusals[0].facts["problem"]);
};

const stockRevokes = (
  list: Uint8Array | string,
  key: { readonly file: string; readonly publicKey: string },
): boolean => {
  const signature = signBy({ ...key, fingerprint: "" }, "record", NAMESPACE);
  const asked = {
    signers: `jp namespaces="${NAMESPACE}" ${key.publicKey}\n`,
    principal: "jp",
    namespace: NAMESPACE,
    message: "record",
    signature,
  };
  return !stockAccepts(folder, { ...asked, revoked: list });
};

const ca = makeKey(folder, "ca");
execFileSync(KEYGEN, ["-q", "-s", ca.file, "-I", "lost-id", "-z", "7", `${lost.file}.pub`], { stdio: "pipe" });

const lists: readonly (readonly [string, Uint8Array | string])[] = [
  ["public keys, one a line", `# lost in May\n${lost.publicKey} lost\n\n`],
  ["a binary list of whole keys", listOf("explicit", `${lost.publicKey} lost\n`)],
  ["a binary list of SHA-256 fingerprints", listOf("sha256", `sha256: ${lost.publicKey}\n`)],
  ["a binary list of fingerprints by their text", listOf("hash", `hash: ${lost.fingerprint}\n`)],
  ["a binary list of SHA-1 fingerprints", listOf("sha1", `sha1: ${lost.publicKey}\n`)],
  [
    "a binary list with certificates of every kind beside",
    listOf(
      "all",
      `serial: 5-9\nserial: 20\nserial: 22\nserial: 300-2000\nid: lost-id\n${lost.publicKey}\nsha1: ${rsa.publicKey}\n`,
      ["-s", `${ca.file}.pub`, "-z", "3"],
    ),
  ],
];

test.each(lists)("%s revokes the same keys for us and for ssh-keygen", (_, list) => {
  expect([revokes(list, lost.publicKey), stockRevokes(list, lost)]).toEqual([true, true]);
  expect([revokes(list, kept.publicKey), stockRevokes(list, kept)]).toEqual([false, false]);
});

test("a list that names a certificate only revokes no plain key, for us as for ssh-keygen", () => {
  const list = listOf("certificate", "serial: 7\nid: lost-id\n", ["-s", `${ca.file}.pub`]);
  expect([revokes(list, lost.publicKey), stockRevokes(list, lost)]).toEqual([false, false]);
  expect([revokes(list, ca.publicKey), stockRevokes(list, ca)]).toEqual([false, false]);
});

test("a hardware key is revoked by its whole key, its application too", () => {
  const list = listOf("token", `${token.publicKey}\n`);
  const elsewhere = hardwareKey("ecdsa", "ssh:other");
  expect([revokes(list, token.publicKey), revokes(list, elsewhere.publicKey)]).toEqual([true, false]);
});

test("an empty list and an absent one revoke nothing, and say which of the two they are", () => {
  const empty = listOf("empty", "");
  expect(readRevokedKeys(source(empty))).toMatchObject({ ok: true, value: { digest: digestOf(empty) } });
  expect(readRevokedKeys("absent")).toMatchObject({ ok: true, value: { digest: "none" } });
});

const explicit = listOf("hostile", `${lost.publicKey}\n`);
const HEADER_BYTES = 44;
const section = (type: number, body: Uint8Array): Buffer => {
  const head = Buffer.alloc(5);
  head.writeUInt8(type);
  head.writeUInt32BE(body.length, 1);
  return Buffer.concat([head, body]);
};
const withSection = (type: number, body: Uint8Array = Buffer.alloc(0)): Buffer =>
  Buffer.concat([explicit, section(type, body)]);
const bent = (at: number, byte: number): Buffer => {
  const copy = Buffer.from(explicit);
  copy[at] = byte;
  return copy;
};
const field = (...bytes: readonly number[]): Buffer => Buffer.from([0, 0, 0, bytes.length, ...bytes]);

test.each<[string, Uint8Array | string, string]>([
  ["a magic alone", "SSHKRL\n\0", "unknown version"],
  ["a format of another version", bent(11, 2), "unknown version"],
  ["flags", bent(35, 1), "flags"],
  ["a reserved field", Buffer.concat([explicit.subarray(0, 36), field(1), explicit.subarray(40)]), "reserved"],
  ["a section that is not known", withSection(6), "type 6"],
  ["an extension, critical or not", withSection(255, Buffer.concat([field(120), Buffer.of(0), field(1)])), "type 255"],
  ["a signature", withSection(4, Buffer.from("x")), "signed"],
  ["a SHA-1 fingerprint that is too short", withSection(3, field(1, 2, 3)), "length"],
  [
    "a SHA-256 fingerprint that is too long",
    withSection(5, Buffer.concat([Buffer.of(0, 0, 0, 33), Buffer.alloc(33)])),
    "length",
  ],
  ["an empty key", withSection(2, field()), "length"],
  [
    "a part of certificates that is not known",
    withSection(1, Buffer.concat([field(), field(), section(0x39, Buffer.alloc(0))])),
    "type 57",
  ],
  [
    "serials that are cut short",
    withSection(1, Buffer.concat([field(), field(), section(0x20, Buffer.alloc(7))])),
    "length",
  ],
  ["a section longer than the file", explicit.subarray(0, -1), "bytes"],
  ["bytes after the last section", Buffer.concat([explicit, Buffer.of(2)]), "bytes"],
  ["a header that is cut short", explicit.subarray(0, HEADER_BYTES - 1), "bytes"],
  ["more than 256 KiB", Buffer.concat([explicit, Buffer.alloc(262_145)]), "longer"],
  ["one line that is no key", `${lost.publicKey}\nplease revoke jp\n`, "not base64"],
  ["one key that is a certificate", readFileSync(`${lost.file}-cert.pub`), "not supported"],
  ["a fingerprint for a key", `${lost.fingerprint}\n`, "not a key type"],
])("a revocation list with %s is refused whole, not read as empty", (_, list, problem) => {
  expect(revokes(list, kept.publicKey)).toContain(problem);
});

test("a list that was cut is read at the end of a section only, where nothing in the format tells that more was there", () => {
  const whole = listOf("prefix", `serial: 5\n${lost.publicKey}\nsha1: ${rsa.publicKey}\nsha256: ${kept.publicKey}\n`, [
    "-s",
    `${ca.file}.pub`,
  ]);
  const cuts = [...whole.keys()].slice(8);
  const readable = cuts.filter((length) => typeof revokes(whole.subarray(0, length), lost.publicKey) === "boolean");
  expect(readable).toHaveLength(4);
});
