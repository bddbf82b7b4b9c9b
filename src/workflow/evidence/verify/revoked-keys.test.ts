import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";

import { assert, constantFrom, integer, property } from "fast-check";
import { afterAll, expect, test } from "vitest";

import { hardwareKey, KEYGEN, makeKey, removeFolder, temporaryFolder } from "../../../../test/fixtures/ssh.ts";
import { nodeVerifyTools } from "../../../adapters/archive/verify-tools.ts";
import { digestOf } from "../../digest.ts";
import { isRevoked, readRevokedKeys } from "../../revoked-keys.ts";
import { readPublicKeyLine } from "../../ssh-public-key.ts";
import { isRevokedKey, readRevoked } from "./revoked-keys.ts";

const folder = temporaryFolder();
afterAll(() => removeFolder(folder));

const lost = makeKey(folder, "lost");
const kept = makeKey(folder, "kept");
const ca = makeKey(folder, "ca");
const token = hardwareKey("ed25519");
const KEYS = [lost.publicKey, kept.publicKey, ca.publicKey, token.publicKey];

const listOf = (name: string, specification: string, options: readonly string[] = []): Uint8Array => {
  const [file, spec] = [path.join(folder, `${name}.krl`), path.join(folder, `${name}.txt`)];
  writeFileSync(spec, specification);
  execFileSync(KEYGEN, ["-q", "-k", "-f", file, ...options, spec], { stdio: "pipe" });
  return readFileSync(file);
};

const blobOf = (line: string): Uint8Array => Buffer.from(line.split(" ")[1] ?? "", "base64");

/** What each of the two readers says of each key; "unread" where a list is worth nothing. */
const oursSay = async (list: Uint8Array): Promise<readonly unknown[]> => {
  const read = readRevoked(list);
  if (read === undefined) return ["unread"];
  return Promise.all(KEYS.map((key) => isRevokedKey(read, blobOf(key), nodeVerifyTools)));
};
const harnessSays = (list: Uint8Array): readonly unknown[] => {
  const read = readRevokedKeys({ path: "revoked_keys", bytes: list, digest: digestOf(list) });
  if (!read.ok) return ["unread"];
  return KEYS.map((line) => {
    const key = readPublicKeyLine(line);
    return key.ok && isRevoked(read.value, key.value);
  });
};

const MIXED = listOf(
  "mixed",
  `serial: 5-9\nserial: 20\nserial: 22\nserial: 300-2000\nid: lost\nsha1: ${lost.publicKey}\nsha256: ${token.publicKey}\n${ca.publicKey}\n`,
  ["-s", `${ca.file}.pub`, "-z", "3"],
);

test.each<[string, Uint8Array, readonly unknown[]]>([
  ["lines", Buffer.from(`# May\n${lost.publicKey} lost\n\n`), [true, false, false, false]],
  ["whole keys", listOf("keys", `${lost.publicKey}\n${token.publicKey}\n`), [true, false, false, true]],
  ["SHA-256 fingerprints", listOf("sha256", `sha256: ${kept.publicKey}\n`), [false, true, false, false]],
  ["SHA-1 fingerprints", listOf("sha1", `sha1: ${kept.publicKey}\n`), [false, true, false, false]],
  ["every section that there is", MIXED, [true, false, true, true]],
  ["nothing", new Uint8Array(), [false, false, false, false]],
  ["a line of words", Buffer.from("please revoke jp\n"), ["unread"]],
  ["a section that is not known", Buffer.concat([MIXED, Buffer.of(6, 0, 0, 0, 0)]), ["unread"]],
  ["an extension", Buffer.concat([MIXED, Buffer.of(255, 0, 0, 0, 0)]), ["unread"]],
  ["a signature", Buffer.concat([MIXED, Buffer.of(4, 0, 0, 0, 0)]), ["unread"]],
])("a list of %s is read alike by the gate and by the verifier", async (_, list, says) => {
  expect(await oursSay(list)).toEqual(says);
  expect(harnessSays(list)).toEqual(says);
});

test("of a list that was bent or cut anywhere gate and verifier never say different things", async () => {
  const said: (readonly [readonly unknown[], readonly unknown[]])[] = [];
  const bends: Uint8Array[] = [];
  assert(
    property(
      constantFrom(MIXED, Buffer.from(`${lost.publicKey}\n`)),
      integer({ min: 0, max: 1e6 }),
      integer({ min: 0, max: 7 }),
      (list, place, bit) => {
        const at = place % list.length;
        bends.push(list.subarray(0, at), Uint8Array.from(list).with(at, (list[at] ?? 0) ^ (1 << bit)));
      },
    ),
    { numRuns: 150 },
  );
  for (const bent of bends) said.push([await oursSay(bent), harnessSays(bent)]);
  expect(said.filter(([a, b]) => JSON.stringify(a) !== JSON.stringify(b))).toEqual([]);
});
