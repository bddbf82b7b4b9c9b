import { afterAll, expect, test } from "vitest";

import {
  hardwareKey,
  PAGE,
  passkey,
  removeFolder,
  stockAccepts,
  temporaryFolder,
  toBeSigned,
  type Assertion,
} from "../../test/fixtures/ssh.ts";
import { nodeVerifyTools } from "../adapters/archive/verify-tools.ts";
import { webVerifyTools } from "../verifier/web-tools.ts";
import { readAllowedSigners } from "./allowed-signers.ts";
import { assuranceOf } from "./approval/assurance.ts";
import { levelBy } from "./evidence/verify/assurance.ts";
import { isSignatureOver, readSshSignature } from "./evidence/verify/ssh-signature.ts";
import { NOTHING_REVOKED } from "./revoked-keys.ts";
import { verifySshSignature, type SignatureFault } from "./ssh-signature.ts";

const folder = temporaryFolder();
afterAll(() => removeFolder(folder));

const NAMESPACE = "approval@cto-harness";
const MESSAGE = "the exact bytes of a record\n";
const key = passkey();
const SIGNERS = `jp namespaces="${NAMESPACE}" ${key.publicKey} passkey:abc\n`;
const OTHER_PORT = "http://localhost:9999";

/** What each of the three says to a signature: the Harness, the verifier of bundles, and stock ssh-keygen. */
const saidOf = async (
  signature: Uint8Array,
  { message = MESSAGE, origin = PAGE, signers = SIGNERS }: { message?: string; origin?: string; signers?: string } = {},
): Promise<{ readonly ours: string; readonly verifier: boolean; readonly stock: boolean }> => {
  const read = readAllowedSigners(Buffer.from(signers));
  if (!read.ok) throw new Error(JSON.stringify(read.refusals));
  const page = origin === "none" ? undefined : origin;
  const checked = verifySshSignature({
    message: Buffer.from(message),
    signature,
    namespace: NAMESPACE,
    signers: read.value,
    revoked: NOTHING_REVOKED,
    at: Date.parse("2026-06-01T10:00:00Z"),
    origin: page,
  });
  const again = readSshSignature(signature);
  const [verifier = false, inBrowser] = await Promise.all(
    [nodeVerifyTools, webVerifyTools].map(
      async (tools) => again?.namespace === NAMESPACE && isSignatureOver(tools, again, Buffer.from(message), page),
    ),
  );
  expect(inBrowser).toBe(verifier);
  const stock = stockAccepts(folder, { signers, principal: "jp", namespace: NAMESPACE, message, signature });
  return { ours: checked.ok ? assuranceOf(checked.value) : checked.refusals[0].kind, verifier, stock };
};

test.each([
  ["a user who was verified", 0b00101, "A3"],
  ["a passkey that other devices may hold", 0b01101, "A2"],
  ["a passkey that other devices do hold", 0b11101, "A2"],
])("R046 %s: three programs accept what a passkey signed, and it is worth %s", async (_, flags, level) => {
  const signature = key.sign(MESSAGE, NAMESPACE, { flags });
  expect(await saidOf(signature)).toEqual({ ours: level, verifier: true, stock: true });
  expect(levelBy({ flags })).toBe(level);
});

test("what a browser adds behind the fixed beginning is no objection", async () => {
  const more = `,"other_keys_can_be_added_here":"do not compare clientDataJSON against a template"`;
  expect(await saidOf(key.sign(MESSAGE, NAMESPACE, { more }))).toEqual({ ours: "A3", verifier: true, stock: true });
});

const challengeOf = (message: string, namespace: string): Buffer => toBeSigned(message, namespace);

const HOSTILE: readonly (readonly [string, Assertion, SignatureFault["kind"]])[] = [
  ["another port", { origin: OTHER_PORT }, "other-page"],
  ["another host of the same name", { origin: "https://localhost:4049" }, "other-page"],
  ["an address instead of the name", { origin: "http://127.0.0.1:4049" }, "other-page"],
  ["a page of somebody else that names ours", { origin: "https://evil.example", toldOrigin: PAGE }, "does-not-verify"],
  ["another RP id", { rpId: "evil.example" }, "does-not-verify"],
  ["another record", { challenge: challengeOf("another record\n", NAMESPACE) }, "does-not-verify"],
  ["the challenge of an outcome", { challenge: challengeOf(MESSAGE, "outcome@cto-harness") }, "does-not-verify"],
  ["the bare bytes of the record as the challenge", { challenge: Buffer.from(MESSAGE) }, "does-not-verify"],
  ["no challenge", { challenge: Buffer.alloc(0) }, "does-not-verify"],
  ["the making of a key", { type: "webauthn.create" }, "does-not-verify"],
  ["a payment", { type: "payment.get" }, "does-not-verify"],
  ["a frame of another page", { crossOrigin: true }, "does-not-verify"],
  ["a frame, taken back behind", { more: `,"crossOrigin":true` }, "does-not-verify"],
  ["another page, said behind", { more: `,"origin":"${OTHER_PORT}"` }, "does-not-verify"],
  ["other bytes, said behind", { more: `,"challenge":"AAAA"` }, "does-not-verify"],
  ["no JSON", { more: "," }, "does-not-verify"],
  ["nothing told", { clientData: "" }, "does-not-verify"],
  ["no touch and nobody verified", { flags: 0 }, "no-user-presence"],
  ["a user verified who was not there", { flags: 4 }, "no-user-presence"],
  ["a touch and nobody verified", { flags: 1 }, "no-user-verification"],
  ["an attested key", { flags: 0x45 }, "malformed"],
  ["extensions", { flags: 0x85, extensions: "\u00A0" }, "malformed"],
  ["a bit that nobody defined", { flags: 0x07 }, "malformed"],
  [
    "the same signature told as one of a hardware key",
    { algorithm: "sk-ecdsa-sha2-nistp256@openssh.com" },
    "malformed",
  ],
  ["told as one of an ordinary key", { algorithm: "ecdsa-sha2-nistp256" }, "malformed"],
];

test.each(HOSTILE)("R046 %s approves nothing: %o", async (_, odd, kind) => {
  const { ours, verifier } = await saidOf(key.sign(MESSAGE, NAMESPACE, odd));
  expect({ ours, verifier }).toEqual({ ours: kind, verifier: false });
});

test("a passkey counts only where the record names the page, and where the key is of this machine's name", async () => {
  const signature = key.sign(MESSAGE, NAMESPACE);
  expect(await saidOf(signature, { origin: "none" })).toMatchObject({ ours: "other-page", verifier: false });
  expect(await saidOf(signature, { message: "other bytes\n" })).toEqual({
    ours: "does-not-verify",
    verifier: false,
    stock: false,
  });
  const foreign = passkey("ssh:");
  const signers = `jp namespaces="${NAMESPACE}" ${foreign.publicKey}\n`;
  const said = await saidOf(foreign.sign(MESSAGE, NAMESPACE), { signers });
  expect(said).toEqual({ ours: "malformed", verifier: false, stock: true });
});

test("a hardware key for this machine's name still signs as ssh-keygen does, and no page is asked of it", async () => {
  const plain = hardwareKey("ecdsa", "localhost");
  const signers = `jp namespaces="${NAMESPACE}" ${plain.publicKey}\n`;
  for (const origin of [PAGE, "none"])
    expect(await saidOf(plain.sign(MESSAGE, NAMESPACE, 5), { signers, origin })).toEqual({
      ours: "A3",
      verifier: true,
      stock: true,
    });
});

test("no byte of what a passkey signed can be changed", async () => {
  const text = Buffer.from(key.sign(MESSAGE, NAMESPACE)).toString("latin1");
  const blob = Buffer.from(text.split("\n").slice(1, -2).join(""), "base64");
  const { armor } = await import("../../test/fixtures/ssh.ts");
  for (let at = 0; at < blob.length; at += 7) {
    const bent = Buffer.from(blob);
    bent[at] = (bent[at] ?? 0) ^ 1;
    const read = readSshSignature(armor(bent));
    const holds = read !== undefined && read.namespace === NAMESPACE && Buffer.from(read.keyBlob).equals(key.blob);
    expect(holds && (await isSignatureOver(nodeVerifyTools, read, Buffer.from(MESSAGE), PAGE))).toBe(false);
  }
});
