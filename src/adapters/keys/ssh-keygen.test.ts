import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";

import { afterAll, expect, test } from "vitest";

import { KEYGEN, makeKey, removeFolder, stockAccepts, temporaryFolder } from "../../../test/fixtures/ssh.ts";
import { NAMESPACES } from "../../seams/keys.ts";
import { readAllowedSigners } from "../../workflow/allowed-signers.ts";
import { NOTHING_REVOKED } from "../../workflow/revoked-keys.ts";
import { verifySshSignature } from "../../workflow/ssh-signature.ts";
import { sshKeygenKeys } from "./ssh-keygen.ts";

const folder = temporaryFolder();
const scratch = temporaryFolder();
afterAll(() => {
  removeFolder(folder);
  removeFolder(scratch);
});

const keys = sshKeygenKeys({ home: folder, authSock: undefined, terminal: false, temporary: scratch });
const jp = makeKey(folder, "jp");
const MESSAGE = Buffer.from("the record\n");

test.each(NAMESPACES)(
  "R046 the owner's own ssh-keygen signs for %s, and both verifiers accept it",
  async (namespace) => {
    const signed = await keys.askHumanToSign(MESSAGE, namespace, jp.file);
    if (!signed.ok) throw new Error(JSON.stringify(signed.refusals));
    const line = `jp namespaces="${namespace}" ${jp.publicKey}\n`;
    const signers = readAllowedSigners(Buffer.from(line));
    if (!signers.ok) throw new Error("signers");
    const check = {
      message: MESSAGE,
      signature: signed.value,
      namespace,
      signers: signers.value,
      revoked: NOTHING_REVOKED,
      at: Date.now(),
    };
    expect(verifySshSignature(check)).toMatchObject({ ok: true, value: { principal: "jp" } });
    const asked = { signers: line, principal: "jp", namespace, message: MESSAGE, signature: signed.value };
    expect(stockAccepts(folder, asked)).toBe(true);
  },
);

test("nothing is left of what was signed, whether it succeeded or not", async () => {
  await keys.askHumanToSign(MESSAGE, "approval@cto-harness", jp.file);
  await keys.askHumanToSign(MESSAGE, "approval@cto-harness", path.join(folder, "absent"));
  expect(readdirSync(scratch)).toEqual([]);
});

const locked = makeKey(folder, "locked", ["-t", "ed25519"], "a passphrase");
const garbage = path.join(folder, "garbage");
writeFileSync(garbage, "not a key\n", { mode: 0o600 });

test.each([
  ["a key that is not there", path.join(folder, "absent")],
  ["a file that is no key", garbage],
  ["a public key without its private half in an agent", makePublicOnly()],
  ["a locked key where nobody can be asked", locked.file],
  ["a path that looks like an option", "-Y"],
])("%s is refused with what ssh-keygen said, without a prompt", async (_, key) => {
  expect(await keys.askHumanToSign(MESSAGE, "approval@cto-harness", key)).toMatchObject({
    ok: false,
    refusals: [{ code: "approval/key-unusable", facts: { key, problem: expect.stringMatching(/./) } }],
  });
});

function makePublicOnly(): string {
  const only = path.join(folder, "only.pub");
  writeFileSync(only, `${makeKey(folder, "other").publicKey}\n`);
  return only;
}

test("the public line is read beside a private key, or from the path itself", async () => {
  const line = readFileSync(`${jp.file}.pub`, "utf8").trimEnd();
  expect(await keys.publicKeyOf(jp.file)).toBe(line);
  expect(await keys.publicKeyOf(`${jp.file}.pub`)).toBe(line);
});

test("where there is no public key, asking for it is a failure", async () => {
  await expect(keys.publicKeyOf(garbage)).rejects.toMatchObject({ code: "keys/signing-failed" });
  await expect(keys.publicKeyOf(path.join(folder, "absent"))).rejects.toMatchObject({ code: "keys/signing-failed" });
});

test("the program is the one of the system, whatever PATH says", () => {
  expect(existsSync(KEYGEN)).toBe(true);
});
