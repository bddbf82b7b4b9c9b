import { afterAll, expect, test } from "vitest";

import { processorClock } from "../../test/fixtures/processor-clock.ts";
import { hardwareKey, makeKey, removeFolder, temporaryFolder } from "../../test/fixtures/ssh.ts";
import { hasRole, holdersOf, readAllowedSigners } from "./allowed-signers.ts";
import { digestOf } from "./digest.ts";
import { canSign, readTrustRoot } from "./trust-root.ts";

const folder = temporaryFolder();
afterAll(() => removeFolder(folder));

const key = makeKey(folder, "jp");
const small = makeKey(folder, "small", ["-t", "rsa", "-b", "1024"]);
const [type = "", base64 = ""] = key.publicKey.split(" ");
const NS = 'namespaces="approval@cto-harness"';
const good = `jp ${NS} ${key.publicKey}`;

test("R012 a signers file is read with its names, roles, times and fingerprints", () => {
  const text = `# the owner\n\n  jp,j.p+x namespaces="a@b,c",valid-after="20260101Z",valid-before="202701010000Z" ${key.publicKey} a comment\n`;
  expect(readAllowedSigners(Buffer.from(text))).toMatchObject({
    ok: true,
    value: [
      {
        principals: ["jp", "j.p+x"],
        namespaces: ["a@b", "c"],
        validAfter: Date.parse("2026-01-01T00:00:00Z") / 1000,
        validBefore: Date.parse("2027-01-01T00:00:00Z") / 1000,
        key: { fingerprint: key.fingerprint, type: "ssh-ed25519" },
        line: 3,
      },
    ],
  });
});

test.each([
  ["a hardware key ed25519", hardwareKey("ed25519").publicKey],
  ["a hardware key ecdsa", hardwareKey("ecdsa").publicKey],
])("%s is a signer", (_, publicKey) => {
  expect(readAllowedSigners(Buffer.from(`jp ${NS} ${publicKey}\n`)).ok).toBe(true);
});

test.each([
  ["a pattern as name", `* ${NS} ${key.publicKey}`, "pattern"],
  ["a negated name", `!ana,jp ${NS} ${key.publicKey}`, "plain name"],
  ["an empty name", `jp,,ana ${NS} ${key.publicKey}`, "plain name"],
  ["a quoted name", `"jp" ${NS} ${key.publicKey}`, "plain name"],
  ["no name", `${NS} ${key.publicKey}`, "plain name"],
  ["no roles", `jp ${key.publicKey}`, "every role"],
  ["a pattern as role", `jp namespaces="*" ${key.publicKey}`, "pattern"],
  ["an empty role", `jp namespaces="" ${key.publicKey}`, "namespace"],
  ["a certificate authority", `jp cert-authority,${NS} ${key.publicKey}`, "cert-authority"],
  ["a certificate authority in capitals", `jp CERT-AUTHORITY,${NS} ${key.publicKey}`, "cert-authority"],
  ["an unknown option", `jp ${NS},no-touch-required ${key.publicKey}`, "known"],
  ["an option twice", `jp ${NS},${NS} ${key.publicKey}`, "twice"],
  ["an unquoted value", `jp namespaces=approval@cto-harness ${key.publicKey}`, "known"],
  ["a time with the zone spelled out", `jp ${NS},valid-after="20260101UTC" ${key.publicKey}`, "without Z"],
  ["a time with half a minute", `jp ${NS},valid-after="2026010112Z" ${key.publicKey}`, "without Z"],
  ["verify-required", `jp ${NS},verify-required ${key.publicKey}`, "known"],
  ["touch-required", `jp ${NS},touch-required ${key.publicKey}`, "known"],
  ["a day that does not exist", `jp ${NS},valid-before="20260231Z" ${key.publicKey}`, "time"],
  ["an unknown key type", `jp ${NS} ssh-dss ${base64}`, "known key type"],
  ["a certificate", `jp ${NS} ssh-ed25519-cert-v01@openssh.com ${base64}`, "known key type"],
  ["a type that is not the key's", `jp ${NS} ssh-rsa ${base64}`, "says ssh-rsa"],
  ["a key cut short", `jp ${NS} ${type} ${base64.slice(0, -8)}`, "bytes"],
  [
    "a key with bytes after it",
    `jp ${NS} ${type} ${Buffer.concat([Buffer.from(base64, "base64"), Buffer.of(1)]).toString("base64")}`,
    "bytes",
  ],
  ["a small RSA key", `jp ${NS} ${small.publicKey}`, "1024 bits"],
  ["base64 in another form", `jp ${NS} ${type} ${base64}=`, "base64"],
  ["a carriage return", `${good}\r`, "cannot be seen"],
  ["a zero-width space", `j\u{200b}p ${NS} ${key.publicKey}`, "cannot be seen"],
  ["a line of words", "please trust jp", "key type"],
])("%s is refused with its line", (_, line, problem) => {
  expect(readAllowedSigners(Buffer.from(`# first\n${line}\n`))).toMatchObject({
    ok: false,
    refusals: [
      {
        code: "gate/signers-unreadable",
        facts: { line: 2, problem: expect.stringContaining(problem) },
        at: { line: 2 },
      },
    ],
  });
});

// Each took the square of its length: minutes, before any command said a word.
test.each([
  ["a line of 260 kB of options", `a ${"a,".repeat(130_000)}`, "longer"],
  ["a line of 260 kB of blanks", `a${" ".repeat(260_000)}a`, "longer"],
  ["options up to the bound of a line", `jp ${"a,".repeat(8_000)}`, "known"],
  ["open quotes up to the bound of a line", `jp ${'a,"'.repeat(5_000)}`, "known"],
  ["blanks up to the bound of a line", `jp${" \t".repeat(8_000)}`, "every role"],
])(
  "%s is refused in no time",
  (_, begin, problem) => {
    const line = `${begin} ${key.publicKey}`;
    const text = `${line}\n`.repeat(Math.max(1, Math.floor(262_000 / line.length)));
    const spentMs = processorClock();
    const read = readAllowedSigners(Buffer.from(text));
    expect(spentMs()).toBeLessThan(1_000);
    const refused = read.ok ? [] : read.refusals.map(({ code, facts }) => `${code} ${String(facts["problem"])}`);
    expect(refused[0]).toMatch(new RegExp(`^gate/signers-unreadable .*${problem}`));
  },
  10_000,
);

test("blanks before, between and behind the parts of a line change nothing", () => {
  const blank = ` \t${good.replaceAll(" ", " \t ")} \t`;
  expect(readAllowedSigners(Buffer.from(blank))).toEqual(readAllowedSigners(Buffer.from(good)));
  expect(readAllowedSigners(Buffer.from(`\t \n${good}\n \t# no\n`)).ok).toBe(true);
});

test("every wrong line is told at once, and one wrong line is enough to read none", () => {
  const read = readAllowedSigners(Buffer.from(`${good}\nx\n${good}\ny\n`));
  expect(read).toMatchObject({ ok: false, refusals: [{ facts: { line: 2 } }, { facts: { line: 4 } }] });
});

test.each([
  ["bytes that are not UTF-8", Buffer.of(0xff)],
  ["more than 256 KiB", Buffer.alloc(262_145, 35)],
])("%s are no signers file", (_, bytes) => {
  expect(readAllowedSigners(bytes)).toMatchObject({ ok: false, refusals: [{ code: "gate/signers-unreadable" }] });
});

test("a role is held within its seconds and for its namespace only", () => {
  const read = readAllowedSigners(Buffer.from(`jp ${NS},valid-before="20260101Z" ${key.publicKey}\n`));
  const signer = read.ok ? read.value[0] : undefined;
  if (signer === undefined) throw new Error("no signer");
  const end = Date.parse("2026-01-01T00:00:00Z");
  expect([end, end + 999, end + 1000].map((at) => hasRole(signer, "approval@cto-harness", at))).toEqual([
    true,
    true,
    false,
  ]);
  expect(hasRole(signer, "git", end)).toBe(false);
  expect(holdersOf([signer], key.fingerprint, "approval@cto-harness", end)).toEqual(["jp"]);
  expect(holdersOf([signer], "SHA256:other", "approval@cto-harness", end)).toEqual([]);
});

const source = (text: string): Parameters<typeof readTrustRoot>[0] & object => {
  const bytes = Buffer.from(text);
  return { path: ".sot/authority/allowed_signers", bytes, digest: digestOf(bytes) };
};

test("without an allowed_signers file nobody can sign", () => {
  expect(readTrustRoot("absent", "absent")).toMatchObject({ ok: false, refusals: [{ code: "approval/no-signer" }] });
});

test("a revoked key leaves its owner without a role", () => {
  const free = readTrustRoot(source(good), "absent");
  const lost = readTrustRoot(source(good), source(`${key.publicKey} lost`));
  const at = Date.parse("2026-06-01T00:00:00Z");
  expect(free.ok && canSign(free.value, "jp", "approval@cto-harness", at)).toBe(true);
  expect(free.ok && canSign(free.value, "ana", "approval@cto-harness", at)).toBe(false);
  expect(lost.ok && canSign(lost.value, "jp", "approval@cto-harness", at)).toBe(false);
});

test("what is wrong in either file is told together", () => {
  expect(readTrustRoot(source("x"), source("y"))).toMatchObject({
    ok: false,
    refusals: [
      { facts: { file: ".sot/authority/allowed_signers" } },
      { facts: { file: ".sot/authority/revoked_keys" } },
    ],
  });
});
