import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { expect, test } from "vitest";

import { seedBytes } from "../fixtures/seed-packet.ts";

// A private mount namespace with an empty /home; this checkout stays reachable where it lies.
const NAMESPACE = `set -eu
repo=$1 node=$2 child=$3 ending=$4
keep=
case "$repo" in /home/*) keep=$(mktemp -d); mount --bind "$repo" "$keep" ;; esac
mount -t tmpfs -o mode=0755 tmpfs /home
[ -z "$keep" ] || { mkdir -p "$repo"; mount --bind "$keep" "$repo"; }
exec "$node" "$child" "$ending"`;

const inNamespace = (ending: "accept" | "reject"): Readonly<Record<string, never>> => {
  const repo = fileURLToPath(new URL("../../", import.meta.url)).replace(/\/$/, "");
  const child = fileURLToPath(new URL("seed-process.ts", import.meta.url));
  const isRoot = process.getuid?.() === 0;
  const own = isRoot ? [] : ["--user", "--map-current-user", "--keep-caps"];
  const done = spawnSync(
    "/usr/bin/unshare",
    [
      ...own,
      "--mount",
      "--propagation",
      "private",
      "/bin/sh",
      "-c",
      NAMESPACE,
      "sh",
      repo,
      process.execPath,
      child,
      ending,
    ],
    { encoding: "utf8", timeout: 400_000 },
  );
  if (done.status !== 0) throw new Error(`the journey needs a mount namespace of its own: ${done.stderr.slice(-2000)}`);
  return JSON.parse(done.stdout);
};

const EVIDENCE = [
  "report.json",
  "report.md",
  "events.normalized.jsonl",
  "trace.jsonl",
  "patch.diff",
  "test.log",
  "backend/frames.jsonl",
  "SHA256SUMS",
  "freshness-proof.json",
  "stage5-owned-repo-proof.json",
  "control-surface.json",
];
const UNSET = ["gate/env-not-set", "gate/env-not-set", "gate/env-not-set"];

test("the fixture is the seed packet, where the seed is at hand", () => {
  const seed = new URL("../../../shared/seed/CTO-FIRST-REAL-GOVERNED-WORKFLOW-APPROVAL-PACKET.md", import.meta.url);
  const given = existsSync(seed) ? new Uint8Array(readFileSync(seed)) : seedBytes("a");
  expect(Buffer.from(seedBytes("a")).equals(given)).toBe(true);
});

test("R142 the seed packet, unchanged, runs through the whole line at its own target path and is accepted", () => {
  const told = inNamespace("accept");
  expect(told).toMatchObject({
    init: { exit: 0 },
    lint: { exit: 0 },
    freshGate: { exit: 3 },
    admitted: { exit: 0 },
    admissionAt: true,
    gateAdmitted: { exit: 3 },
    blockedRun: { exit: 3 },
    blockedVerify: "PASS",
    untouched: true,
    envWithoutApproval: { exit: 3, codes: ["approval/absent"] },
    nearMiss: { exit: 3, codes: ["approval/not-exact"] },
    approved: { exit: 0 },
    approvalWithoutEnv: { exit: 3, codes: UNSET },
    openGate: { exit: 0, codes: [] },
    ran: { exit: 0, codes: [] },
    ranState: "awaiting_outcome",
    verdict: "PASS",
    commits: "2",
    changed: ["src/strings.py", "test_strings.py"],
    status: "",
    decided: { exit: 0 },
  });
  expect(told["freshGate"]).toMatchObject({
    codes: expect.arrayContaining([
      "admission/target-absent",
      "admission/absent",
      "approval/absent",
      ...UNSET,
      "backend/not-available",
    ]),
  });
  expect(told["blockedRun"]).toMatchObject({ codes: ["approval/absent", ...UNSET, "backend/not-available"] });
  expect(told["files"]).toEqual(expect.arrayContaining(EVIDENCE));
  expect(told["report"]).toMatchObject({
    defaultActivation: { before: false, after: false },
    criteria: [
      { id: "C1", status: "owner-judged" },
      { id: "C2", status: "owner-judged" },
      { id: "C3", status: "proven" },
      { id: "C4", status: "proven" },
      { id: "C5", status: "proven" },
      { id: "C6", status: "proven" },
    ],
  });
}, 400_000);

test("R121 rejected, its one commit is taken back and the tree equals the base", () => {
  const told = inNamespace("reject");
  expect(told).toMatchObject({
    ran: { exit: 0 },
    decided: { exit: 0 },
    rolledBack: { exit: 0, equalsBase: true },
    filesAfter: "",
    status: "",
  });
}, 400_000);
