import { spawnSync } from "node:child_process";
import { createPublicKey, type KeyObject } from "node:crypto";
import { accessSync, chmodSync, constants, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import { bundleFromJSON } from "@sigstore/bundle";
import { toSignedEntity, Verifier } from "@sigstore/verify";
import { CloudEvent } from "cloudevents";
import { afterAll, beforeAll, expect, test, type TestContext } from "vitest";

import { readAllowedSigners } from "../../src/workflow/allowed-signers.ts";
import { commitsOf, gitIn, withApproved } from "../journeys/ended.ts";
import { runOnce } from "../journeys/ground.ts";

// One real run, sealed by the real line, in a folder far from its home beside the owner's allowed_signers.
let root = "";
const at = (name: string): string => path.join(root, name);
const textOf = (name: string): string => readFileSync(at(`bundle/${name}`), "utf8");
let landed: { readonly commit: string; readonly tree: string; readonly parent: string };

beforeAll(async () => {
  root = mkdtempSync(path.join(tmpdir(), "cto-stock-"));
  await withApproved(async ({ ground, world, base }) => {
    const done = await runOnce(world, ground);
    if (!done.ok || done.value.ending.kind !== "awaiting_outcome") throw new Error(JSON.stringify(done));
    cpSync(done.value.folder, at("bundle"), { recursive: true });
    cpSync(path.join(ground.home, ".sot/authority/allowed_signers"), at("signers"));
    const [commit = ""] = commitsOf(ground);
    landed = { commit, tree: gitIn(ground.target, "rev-parse", `${commit}^{tree}`).trim(), parent: base };
  });
});
afterAll(() => {
  for (const folder of ["bundle", "bundle/attestations"]) chmodSync(at(folder), 0o755);
  rmSync(root, { recursive: true, force: true });
});

/** Says loudly that something was not tried here, and leaves the test: counted as skipped, never as passed. */
const needs = ({ skip }: TestContext, ...programs: readonly string[]): void => {
  const missing = programs.filter((name) => !["/usr/bin", "/bin"].some((folder) => canRun(path.join(folder, name))));
  if (missing.length > 0) process.stderr.write(`NOT TRIED: ${missing.join(", ")} is not installed\n`);
  skip(missing.length > 0, `${missing.join(", ")} is not installed`);
};

const canRun = (file: string): boolean => {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

interface Said {
  readonly exit: number | null;
  readonly printed: string;
}

const shell = (script: string, bundle: string, signers: string): Said => {
  const cwd = mkdtempSync(at("scratch-"));
  const env = {
    PATH: "/usr/bin:/bin",
    HOME: cwd,
    LC_ALL: "C",
    GIT_CONFIG_NOSYSTEM: "1",
    BUNDLE: bundle,
    ALLOWED_SIGNERS: signers,
  };
  const { status, stdout, stderr } = spawnSync("/bin/sh", ["-e", "-c", script], { cwd, env, encoding: "utf8" });
  return { exit: status, printed: `${stdout}${stderr}` };
};

/** The commands that VERIFY.md prints, but the last one, which is no stock tool. */
const guide = (): string =>
  textOf("VERIFY.md")
    .split("\n")
    .filter((line) => line.startsWith("    ") && !line.startsWith("    cto "))
    .map((line) => line.slice(4))
    .join("\n");

test("the commands of VERIFY.md run as they are printed, and every one accepts", (context) => {
  needs(context, "ssh-keygen", "openssl", "git", "sha256sum", "base64", "sed");
  const { exit, printed } = shell(guide(), at("bundle"), at("signers"));
  expect({ exit, printed }).toMatchObject({ exit: 0 });
  expect(printed.match(/^Good "(?:approval|admission)@cto-harness" signature for jp /gm)).toHaveLength(2);
  expect(printed.match(/^Signature Verified Successfully$/gm)).toHaveLength(3);
  expect(printed.trim().split("\n").slice(-3)).toEqual([landed.parent, landed.tree, landed.commit]);
});

const FOREIGN = "AAAAC3NzaC1lZDI1NTE5AAAAIPfQW6yAh1kwzPxf5vYMFvmMBkqx5HnOmO3dBvDk4OZk";

/** A copy of the bundle that may be changed. */
const copied = (): string => {
  const folder = mkdtempSync(at("copy-"));
  cpSync(at("bundle"), folder, { recursive: true });
  for (const name of ["", "attestations", "approval", "repo"]) chmodSync(path.join(folder, name), 0o755);
  return folder;
};

const changed = (name: string, change: (text: string) => string): string => {
  const folder = copied();
  const file = path.join(folder, name);
  const text = readFileSync(file, "latin1");
  if (change(text) === text) throw new Error(`nothing was changed in ${name}`);
  chmodSync(file, 0o644);
  writeFileSync(file, change(text), "latin1");
  return folder;
};

test.each<[string, () => string, () => string]>([
  ["one letter of the report", () => changed("report.md", (text) => text.replace("e", "E")), () => at("signers")],
  [
    "one letter of the approval",
    () => changed("approval/approval.jp.json", (text) => text.replace("I approve", "I Approve")),
    () => at("signers"),
  ],
  [
    "one letter of the run's statement",
    () => changed("attestations/run.sigstore.json", (text) => text.replace(/("payload": ".{40})./, "$1x")),
    () => at("signers"),
  ],
  [
    "one letter of the verdict's signature",
    () =>
      changed("attestations/verdict.sigstore.json", (text) =>
        text.replace(/("sig": ".{8})(.)/, (_, head: string, one: string) => `${head}${one === "A" ? "B" : "A"}`),
      ),
    () => at("signers"),
  ],
  ["the trust in the Harness's key", () => at("bundle"), () => withoutHarness()],
])("the commands of VERIFY.md stop when %s is exchanged", (_, bundle, signers) => {
  const { exit, printed } = shell(guide(), bundle(), signers());
  expect({ exit, printed }).not.toMatchObject({ exit: 0 });
});

const withoutHarness = (): string => {
  const file = at("other-signers");
  writeFileSync(file, readFileSync(at("signers"), "utf8").replace(/^(harness .* ssh-ed25519) \S+/m, `$1 ${FOREIGN}`));
  return file;
};

const ATTESTATIONS = ["run", "tests", "verdict"].map((name) => `attestations/${name}.sigstore.json`);

/** A key of allowed_signers by its fingerprint, as the tool that does not know the file is given it. */
const keyNamed = (hint: string, file: string): KeyObject => {
  const read = readAllowedSigners(readFileSync(file));
  const key = read.ok ? read.value.find((signer) => signer.key.fingerprint === hint)?.key.key : undefined;
  if (key === undefined) throw new Error(`${hint} is not in ${file}`);
  return createPublicKey(key.export({ type: "spki", format: "pem" }));
};

const verifyStock = (json: unknown, file: string): void => {
  const verifier = new Verifier(
    {
      certificateAuthorities: [],
      timestampAuthorities: [],
      tlogs: [],
      ctlogs: [],
      publicKey: (hint) => ({ publicKey: keyNamed(hint, file), validFor: () => true }),
    },
    { tlogThreshold: 0, ctlogThreshold: 0, timestampThreshold: 0 },
  );
  verifier.verify(toSignedEntity(bundleFromJSON(json)));
};

test.each(ATTESTATIONS)("@sigstore/verify accepts %s, and nothing else under its signature", (name) => {
  const json: unknown = JSON.parse(textOf(name));
  expect(() => verifyStock(json, at("signers"))).not.toThrow();
  const edited: unknown = JSON.parse(textOf(name).replace(/("payload": ".{40})./, "$1x"));
  expect(() => verifyStock(edited, at("signers"))).toThrow(/signature/i);
});

interface Payload {
  readonly _type: string;
  readonly predicateType: string;
  readonly subject: readonly { readonly name: string; readonly digest: Readonly<Record<string, string>> }[];
  readonly predicate: Readonly<Record<string, unknown>>;
}

const payloadOf = (name: string): Payload => {
  const { dsseEnvelope } = JSON.parse(textOf(name)) as { readonly dsseEnvelope: { readonly payload: string } };
  return JSON.parse(Buffer.from(dsseEnvelope.payload, "base64").toString()) as Payload;
};

const DIGESTS: Readonly<Record<string, RegExp>> = {
  sha256: /^[0-9a-f]{64}$/,
  gitCommit: /^[0-9a-f]{40}$/,
  gitTree: /^[0-9a-f]{40}$/,
};

test.each(ATTESTATIONS)(
  "%s holds an in-toto Statement v1: subjects with digests, a predicate type, a predicate",
  (name) => {
    const { _type, predicateType, subject, predicate } = payloadOf(name);
    expect(_type).toBe("https://in-toto.io/Statement/v1");
    expect(predicateType).toMatch(/^https:\/\//);
    expect(subject.length).toBeGreaterThan(0);
    expect(new Set(subject.map((one) => one.name)).size).toBe(subject.length);
    for (const { digest } of subject)
      for (const [algorithm, value] of Object.entries(digest)) expect(value).toMatch(DIGESTS[algorithm] ?? /^never$/);
    expect(Object.keys(predicate).length).toBeGreaterThan(0);
  },
);

test("the statements name the commit, its tree and every file; the verdict names seven properties", () => {
  const run = payloadOf("attestations/run.sigstore.json");
  const sums = textOf("SHA256SUMS").trim().split("\n");
  expect(run.subject).toHaveLength(3 + sums.length);
  expect(run.subject.slice(0, 2).map(({ digest }) => digest)).toEqual([
    { gitCommit: landed.commit },
    { gitTree: landed.tree },
  ]);
  expect(payloadOf("attestations/tests.sigstore.json")).toMatchObject({
    subject: [{ digest: { gitTree: landed.tree } }],
    predicate: { result: "PASSED" },
  });
  expect(payloadOf("attestations/verdict.sigstore.json").predicate["properties"]).toEqual([
    "CTO_APPROVAL_BOUND",
    "CTO_APPROVAL_A2",
    "CTO_SCOPE_RESPECTED",
    "CTO_PATCH_REPLAYED",
    "CTO_TESTS_PASSED",
    "CTO_TARGET_OWNED",
    "CTO_CONFINED",
  ]);
});

test("every line of the log is a CloudEvent by the official schema, and the schema does look", () => {
  const lines = textOf("events.normalized.jsonl").trim().split("\n");
  for (const line of lines) expect(new CloudEvent(JSON.parse(line) as object, true).validate()).toBe(true);
  const [first = "{}"] = lines;
  const broken = { ...(JSON.parse(first) as object), source: "" };
  expect(() => new CloudEvent(broken, true)).toThrow(/invalid/i);
});
