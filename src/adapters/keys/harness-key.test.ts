import { createPublicKey, verify } from "node:crypto";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

import { afterEach, beforeEach, expect, test } from "vitest";

import { KEYGEN, stockAccepts } from "../../../test/fixtures/ssh.ts";
import type { OwnKeys } from "../../seams/keys.ts";
import { readAllowedSigners } from "../../workflow/allowed-signers.ts";
import { KEY_ROLES, signerLineOf } from "../../workflow/own-keys.ts";
import { readPublicKeyLine } from "../../workflow/ssh-public-key.ts";
import { ownKeys } from "./harness-key.ts";

let state: string;
let keys: OwnKeys;
const at = (name: string): string => path.join(state, "keys", name);
beforeEach(async () => {
  state = mkdtempSync(path.join(tmpdir(), "cto-keys-"));
  keys = ownKeys(state);
  await keys.make();
});
afterEach(() => rm(state, { recursive: true, force: true }));

const MESSAGE = Buffer.from("DSSEv1 what the Harness saw");

test.each(KEY_ROLES)("R115 the %s key signs exact bytes, and its public line says by whom", async (role) => {
  const signature = await (role === "harness" ? keys.signAsHarness(MESSAGE) : keys.signAsVerifier(MESSAGE));
  const read = readPublicKeyLine((await keys.publicKey(role)).line);
  if (!read.ok) throw new Error(read.refusals[0]);
  expect(signature).toHaveLength(64);
  expect(verify(null, MESSAGE, read.value.key, signature)).toBe(true);
  expect(verify(null, Buffer.concat([MESSAGE, Buffer.of(0)]), read.value.key, signature)).toBe(false);
  expect(read.value.fingerprint).toBe((await keys.publicKey(role)).fingerprint);
  expect(readFileSync(at(`${role}.pub`), "utf8")).toBe(`${(await keys.publicKey(role)).line} cto-${role}\n`);
});

test("the two keys are two, each private to this user, in a folder of its own", async () => {
  expect((await keys.publicKey("harness")).fingerprint).not.toBe((await keys.publicKey("verifier")).fingerprint);
  expect(statSync(at(".")).mode & 0o777).toBe(0o700);
  for (const role of KEY_ROLES) expect(statSync(keys.paths[role]).mode & 0o777).toBe(0o600);
  expect(readdirSync(at(".")).toSorted()).toEqual(["harness.key", "harness.pub", "verifier.key", "verifier.pub"]);
  expect(await keys.problems()).toEqual([]);
});

test("a key that stands is never replaced, and signs the same bytes the same way", async () => {
  const before = await keys.publicKey("harness");
  const signed = await keys.signAsHarness(MESSAGE);
  expect(await keys.make()).toEqual([]);
  expect(await ownKeys(state).publicKey("harness")).toEqual(before);
  expect(await ownKeys(state).signAsHarness(MESSAGE)).toEqual(signed);
});

test("ten makers at once make one key of each role", async () => {
  await rm(at("."), { recursive: true });
  const made = await Promise.all(Array.from({ length: 10 }, () => ownKeys(state).make()));
  expect(made.flat().toSorted()).toEqual(["harness", "verifier"]);
  expect(createPublicKey(readFileSync(keys.paths.harness)).asymmetricKeyType).toBe("ed25519");
});

test("the lines for allowed_signers are read by us and by ssh-keygen, and give each key its own roles only", async () => {
  const lines = await Promise.all(KEY_ROLES.map(async (role) => signerLineOf(await keys.publicKey(role))));
  const signers = readAllowedSigners(Buffer.from(`${lines.join("\n")}\n`));
  expect(signers.ok && signers.value.map(({ principals, namespaces }) => [principals, namespaces])).toEqual([
    [["harness"], ["run@cto-harness", "ledger@cto-harness"]],
    [["verifier"], ["verdict@cto-harness"]],
  ]);
  const asked = {
    signers: lines.join("\n"),
    principal: "harness",
    namespace: "run@cto-harness",
    message: "",
    signature: Buffer.from(""),
  };
  expect(stockAccepts(state, asked)).toBe(false);
  expect(KEYGEN).toMatch(/ssh-keygen/);
});

test.each<[string, string, () => unknown]>([
  ["readable by the group", "keys/exposed", () => chmodSync(keys.paths.harness, 0o640)],
  ["readable by all", "keys/exposed", () => chmodSync(keys.paths.harness, 0o604)],
  ["not there", "keys/absent", () => rm(keys.paths.harness)],
  ["no key", "keys/unreadable", () => writeFileSync(keys.paths.harness, "no key\n")],
  ["too long", "keys/exposed", () => writeFileSync(keys.paths.harness, "x".repeat(5000))],
  ["a link", "home/unreadable", () => exchange(() => symlinkSync(keys.paths.verifier, keys.paths.harness))],
  ["a folder", "keys/exposed", () => exchange(() => mkdirSync(keys.paths.harness))],
])("a key that is %s signs nothing", async (_, code, act) => {
  await act();
  await expect(keys.signAsHarness(MESSAGE)).rejects.toMatchObject({ code });
  await expect(keys.publicKey("harness")).rejects.toMatchObject({ code });
});

const exchange = async (put: () => void): Promise<void> => {
  await rm(keys.paths.harness);
  put();
};

test.each<[string, string, number, string]>([
  ["the folder of the keys can be listed by others", "keys", 0o755, "is open to others: mode 0755"],
  ["the folder above can be written by others", ".", 0o720, "is open to others: mode 0720"],
  ["a key can be read by others", "keys/verifier.key", 0o644, "can be read or written by others: mode 0644"],
])("R055 %s, and it is told with its remedy", async (_, name, mode, says) => {
  chmodSync(path.join(state, name), mode);
  expect(await keys.problems()).toEqual([
    { path: path.join(state, name), kind: "exposed", says, fix: expect.stringContaining("chmod") },
  ]);
});

test("a home without keys says so of each, and what makes them", async () => {
  await rm(at("."), { recursive: true });
  expect(await keys.problems()).toMatchObject([
    { path: keys.paths.harness, kind: "absent", fix: "cto keys make" },
    { path: keys.paths.verifier, kind: "absent", fix: "cto keys make" },
  ]);
  await expect(keys.signAsVerifier(MESSAGE)).rejects.toMatchObject({ code: "keys/absent" });
});

test("a successor is the same one until it takes the place, and then the old key is gone", async () => {
  const before = await keys.publicKey("harness");
  const successor = await keys.successor("harness");
  expect(await ownKeys(state).successor("harness")).toEqual(successor);
  expect(await keys.publicKey("harness")).toEqual(before);
  const signed = await keys.signAsSuccessor("harness", MESSAGE);
  await keys.promote("harness");
  expect(await keys.publicKey("harness")).toEqual(successor);
  expect(await keys.signAsHarness(MESSAGE)).toEqual(signed);
  await keys.promote("harness");
  expect(await keys.publicKey("harness")).toEqual(successor);
  expect(readdirSync(at(".")).toSorted()).toEqual(["harness.key", "harness.pub", "verifier.key", "verifier.pub"]);
});
