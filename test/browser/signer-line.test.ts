import { generateKeyPairSync } from "node:crypto";

import { expect, test } from "vitest";

import { signerLine } from "../../src/control-surface/web/sign.ts";
import { readAllowedSigners } from "../../src/workflow/allowed-signers.ts";
import { isPasskey } from "../../src/workflow/passkey-signature.ts";

const spkiOf = (kind: "P-256" | "P-384" | "ed25519"): Uint8Array => {
  const { publicKey } =
    kind === "ed25519" ? generateKeyPairSync("ed25519") : generateKeyPairSync("ec", { namedCurve: kind });
  return publicKey.export({ format: "der", type: "spki" });
};

test("a key of a browser becomes a line of allowed_signers that names its passkey, and nothing more", () => {
  const line = signerLine("jp", spkiOf("P-256"), "abc-_1") ?? "";
  const read = readAllowedSigners(new TextEncoder().encode(`${line}\n`));
  expect(read).toMatchObject({
    ok: true,
    value: [{ principals: ["jp"], namespaces: ["approval@cto-harness", "outcome@cto-harness"], credential: "abc-_1" }],
  });
  expect(read.ok && read.value.every(({ key }) => isPasskey(key))).toBe(true);
});

test.each([
  ["another curve", spkiOf("P-384")],
  ["another kind of key", spkiOf("ed25519")],
  ["a byte too few", spkiOf("P-256").subarray(0, -1)],
  ["a byte too many", Buffer.concat([spkiOf("P-256"), Buffer.of(0)])],
  ["a compressed point", Uint8Array.from(spkiOf("P-256"), (byte, at) => (at === 26 ? 2 : byte))],
  ["nothing", new Uint8Array()],
])("%s becomes no line that somebody could enrol", (name, spki) => {
  const line = signerLine("jp", spki, "abc");
  const read = readAllowedSigners(new TextEncoder().encode(`${line ?? "none"}\n`));
  expect([name, read.ok]).toEqual([name, false]);
});
