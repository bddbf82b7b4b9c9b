import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";

import { sampleWorld, type SampleWorld } from "../../../test/fixtures/sample-run.ts";
import { bundleFiles } from "./bundle-files.ts";
import { BUNDLE_TABLE, rowOf } from "./bundle-table.ts";
import { bundleManifest } from "./bundle.ts";
import { missingEvidence } from "./evidence-list.ts";
import { bundleManifestSchema } from "./schemas/bundle.ts";

let world: SampleWorld;
let folder: string;
beforeAll(() => {
  world = sampleWorld();
  folder = mkdtempSync(path.join(tmpdir(), "cto-bundle-"));
  for (const [name, bytes] of bundleFiles(world.record, world.given)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), bytes);
  }
});
afterAll(() => {
  world.remove();
  rmSync(folder, { recursive: true, force: true });
});

const run = (
  command: string,
  args: readonly string[],
  cwd: string,
  input?: string,
  env: Readonly<Record<string, string>> = {},
): string =>
  execFileSync(command, args, {
    cwd,
    input,
    encoding: "utf8",
    stdio: ["pipe", "pipe", "pipe"],
    env: { PATH: "/usr/bin:/bin", HOME: cwd, ...env },
  });

test("sha256sum accepts every file of the bundle (R108)", () => {
  expect(run("sha256sum", ["-c", "--strict", "--quiet", "SHA256SUMS"], folder)).toBe("");
});

test("ssh-keygen accepts the approval and the admission (R114)", () => {
  writeFileSync(path.join(world.folder, "signers"), world.allowedSigners);
  const verify = (file: string, namespace: string): string =>
    run(
      "ssh-keygen",
      ["-Y", "verify", "-f", path.join(world.folder, "signers"), "-I", "jp", "-n", namespace, "-s", `${file}.sig`],
      path.join(folder, "approval"),
      textOf(file),
    );
  const textOf = (file: string): string => new TextDecoder().decode(world.given.get(`approval/${file}`));
  expect(verify("approval.jp.json", "approval@cto-harness")).toContain("Good");
  expect(verify("admission.json", "admission@cto-harness")).toContain("Good");
});

test("stock git makes tree and commit id again from the bundle alone, by the words of VERIFY.md (R105, R114)", () => {
  const scratch = mkdtempSync(path.join(tmpdir(), "cto-replay-"));
  try {
    const script = new TextDecoder()
      .decode(bundleFiles(world.record, world.given).get("VERIFY.md"))
      .split("\n")
      .filter((line) => line.startsWith("    "))
      .map((line) => line.trim());
    const from = script.findIndex((line) => line.startsWith("git init"));
    const until = script.findIndex((line) => line.startsWith("cto verify"));
    const printed = run("/bin/sh", ["-ec", script.slice(from, until).join("\n")], scratch, "", {
      GIT_CONFIG_NOSYSTEM: "1",
      BUNDLE: folder,
    })
      .trim()
      .split("\n");
    const { commit } = world.record;
    if (commit === "none") throw new Error("the sample has a commit");
    expect(printed.slice(-3)).toEqual([commit.parent, commit.tree, commit.commit]);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
});

test("bundle.json lists every file but itself and SHA256SUMS, and explains every row that is absent (R112)", () => {
  for (const kind of ["awaiting_outcome", "blocked", "voided"] as const) {
    const { record, given } = world.ending(kind);
    const files = bundleFiles(record, given);
    const manifest = bundleManifestSchema.parse(JSON.parse(new TextDecoder().decode(files.get("bundle.json"))));
    expect(manifest.files.map(({ path: name }) => name)).toEqual(
      [...files.keys()].filter((name) => name !== "bundle.json" && name !== "SHA256SUMS").sort(),
    );
    const present = new Set(manifest.files.map(({ path: name }) => rowOf(name)?.name));
    expect(manifest.absent.map(({ path: name }) => name)).toEqual(
      BUNDLE_TABLE.map(({ name }) => name).filter((name) => !present.has(name)),
    );
    expect(manifest.signatures.map(({ path }: { readonly path: string }) => path)).toEqual([
      "attestations/run.sigstore.json",
      ...(files.has("test.log") ? ["attestations/tests.sigstore.json"] : []),
      "attestations/verdict.sigstore.json",
    ]);
  }
});

test("a blocked bundle names the refusal for what it does not hold", () => {
  const { record, given } = world.ending("blocked");
  const manifest = bundleManifestSchema.parse(
    JSON.parse(new TextDecoder().decode(bundleFiles(record, given).get("bundle.json"))),
  );
  expect(manifest.absent.find(({ path: name }) => name === "patch.diff")?.why).toContain("approval/absent");
});

test.each([
  "secrets.txt",
  "backend/../x",
  "backend/.hidden",
  "repo/other.pack",
  "approval/approval..json",
  "backend/a/b.log",
  "backend/attempt-0/x.log",
])("no bundle has a file %s", (name) => {
  expect(rowOf(name)).toBeUndefined();
  expect(() => bundleManifest(world.record, new Map([[name, new Uint8Array()]]), new Map())).toThrow(TypeError);
});

test("the contract's evidence list is answered by files, the seed's eleven entries by their own names (R035)", () => {
  const names = new Set(bundleFiles(world.record, world.given).keys());
  const { contract } = world.record;
  if (contract === "not-drawn") throw new Error("the sample has a contract");
  expect(missingEvidence(contract.evidenceRequired, names)).toEqual([]);
  expect(missingEvidence([...contract.evidenceRequired, "`coverage.xml`"], names)).toEqual(["`coverage.xml`"]);
  expect(missingEvidence(["backend logs", "freshness proof"], new Set())).toEqual(["backend logs", "freshness proof"]);
});
