import { afterAll, beforeAll, expect, test } from "vitest";

import { hardwareKey, makeKey, removeFolder, signBy, temporaryFolder } from "../../../../test/fixtures/ssh.ts";
import { nodeVerifyTools } from "../../../adapters/archive/verify-tools.ts";
import { principalsOf, readSigners } from "./allowed-signers.ts";
import { unpaddedBase64 } from "./bytes.ts";
import { isSignatureOver, readSshSignature } from "./ssh-signature.ts";

let folder: string;
beforeAll(() => {
  folder = temporaryFolder();
});
afterAll(() => removeFolder(folder));

const message = new TextEncoder().encode("the exact bytes\n");
const NAMESPACE = "approval@cto-harness";
const holds = async (armored: Uint8Array, over: Uint8Array = message): Promise<boolean> => {
  const signature = readSshSignature(armored);
  return signature !== undefined && isSignatureOver(nodeVerifyTools, signature, over);
};

test.each([
  ["ed25519", ["-t", "ed25519"]],
  ["ecdsa-256", ["-t", "ecdsa", "-b", "256"]],
  ["ecdsa-384", ["-t", "ecdsa", "-b", "384"]],
  ["ecdsa-521", ["-t", "ecdsa", "-b", "521"]],
  ["rsa", ["-t", "rsa", "-b", "3072"]],
])("a signature by ssh-keygen holds over exactly its bytes: %s", async (name, args) => {
  const key = makeKey(folder, name, args);
  for (const round of [1, 2, 3]) {
    const signed = new TextEncoder().encode(`round ${round}\n`);
    const armored = signBy(key, signed, NAMESPACE);
    expect(await holds(armored, signed)).toBe(true);
    expect(await holds(armored, message)).toBe(false);
    const signature = readSshSignature(armored);
    expect(signature?.namespace).toBe(NAMESPACE);
    expect(`SHA256:${unpaddedBase64(await nodeVerifyTools.sha256(signature?.keyBlob ?? message))}`).toBe(
      key.fingerprint,
    );
  }
});

test.each(["ed25519", "ecdsa"] as const)(
  "a hardware signature holds with its flags, and not with others: %s",
  async (kind) => {
    const key = hardwareKey(kind);
    for (const flags of [0, 1, 5]) {
      const armored = key.sign(message, NAMESPACE, flags);
      expect(await holds(armored)).toBe(true);
      expect(readSshSignature(armored)?.flags).toBe(flags);
      const signature = readSshSignature(armored);
      if (signature === undefined) throw new Error("it reads");
      expect(await isSignatureOver(nodeVerifyTools, { ...signature, flags: (flags + 1) % 8 }, message)).toBe(false);
      expect(await isSignatureOver(nodeVerifyTools, { ...signature, counter: 8 }, message)).toBe(false);
    }
  },
);

test("no byte of a signature can be changed", async () => {
  const armored = signBy(makeKey(folder, "changed"), message, NAMESPACE);
  const text = new TextDecoder().decode(armored);
  const at = text.indexOf("\n") + 1;
  for (let index = at; index < text.indexOf("\n-----END"); index += 1) {
    const letter = text[index] === "A" ? "B" : "A";
    expect(
      await holds(new TextEncoder().encode(`${text.slice(0, index)}${letter}${text.slice(index + 1)}`)),
      `letter ${index}`,
    ).toBe(false);
  }
});

test.each([
  ["nothing", ""],
  ["no armor", "U1NIU0lH"],
  ["an empty armor", "-----BEGIN SSH SIGNATURE-----\n\n-----END SSH SIGNATURE-----\n"],
  ["bytes after the armor", "-----BEGIN SSH SIGNATURE-----\nU1NIU0lH\n-----END SSH SIGNATURE-----\nmore"],
  ["a blob cut short", "-----BEGIN SSH SIGNATURE-----\nU1NIU0lHAAAAAQ==\n-----END SSH SIGNATURE-----\n"],
])("%s is no signature", (_, text) => {
  expect(readSshSignature(new TextEncoder().encode(text))).toBeUndefined();
});

const KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPfQW6yAh1kwzPxf5vYMFvmMBkqx5HnOmO3dBvDk4OZk";
const signersIn = (text: string): ReturnType<typeof readSigners> => readSigners(new TextEncoder().encode(text));

test("a key has its roles within its time, both ends included to the second", () => {
  const [signer] =
    signersIn(
      `jp,ana namespaces="a@x,b@x",valid-after="20260601100000Z",valid-before="20260601100001Z" ${KEY} a comment\n`,
    ) ?? [];
  if (signer === undefined) throw new Error("it reads");
  const at = (time: string, namespace = "b@x"): readonly string[] =>
    principalsOf([signer], signer.keyBlob, namespace, Date.parse(time));
  expect(at("2026-06-01T10:00:00.000Z")).toEqual(["jp", "ana"]);
  expect(at("2026-06-01T10:00:01.999Z")).toEqual(["jp", "ana"]);
  expect(at("2026-06-01T09:59:59.999Z")).toEqual([]);
  expect(at("2026-06-01T10:00:02.000Z")).toEqual([]);
  expect(at("2026-06-01T10:00:00.000Z", "c@x")).toEqual([]);
});

test.each([
  ["a line without roles", `jp ${KEY}`],
  ["a pattern for a name", `* namespaces="a@x" ${KEY}`],
  ["a certificate authority", `jp cert-authority,namespaces="a@x" ${KEY}`],
  ["an unknown option", `jp namespaces="a@x",verify-required="1" ${KEY}`],
  ["an option twice", `jp namespaces="a@x",namespaces="b@x" ${KEY}`],
  ["a time of another zone", `jp namespaces="a@x",valid-before="20260601UTC" ${KEY}`],
  ["a day that does not exist", `jp namespaces="a@x",valid-before="20260231Z" ${KEY}`],
  ["a key that is no base64", `jp namespaces="a@x" ssh-ed25519 A`],
  ["no key", `jp namespaces="a@x"`],
])("a trust file with %s is read whole or not at all", (_, line) => {
  expect(signersIn(`${line}\njp namespaces="a@x" ${KEY}\n`)).toBeUndefined();
});
