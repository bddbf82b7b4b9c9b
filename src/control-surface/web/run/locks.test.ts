import { expect, test } from "vitest";

import type { OutcomeSigning } from "../../../harness/objects/signing.ts";
import { locksOn, ticksGiven } from "./locks.ts";
import type { Hashed, Rehash } from "./sums.ts";

const SIGNING: OutcomeSigning = {
  run: "R-049-01",
  work: "CTO-WORK-049",
  commit: "943d669",
  base: "9bb90f8",
  sentence: "I accept.",
  evidence: "PASS",
  locked: [],
  ticks: [
    { id: "C1", kind: "eye", label: "it reads well", needsNote: true },
    { id: "denied/push", kind: "denied", label: "push was attempted and denied", needsNote: false },
  ],
  minimum: "A2",
  signers: [{ principal: "jp", key: "SHA256:x", type: "ssh-ed25519", passkey: false, credential: null }],
  commands: { accept: "cto outcome R-049-01 --accept", reject: "cto outcome R-049-01 --reject" },
};
const HASHED: Rehash = {
  state: "ended",
  listed: [{ name: "test.log", sha256: "a".repeat(64) }],
  found: new Map([["test.log", { kind: "same" }]]),
};
const TICKED = new Map([
  ["C1", "I read it"],
  ["denied/push", ""],
]);
const READY = { signing: SIGNING, rehash: HASHED, ticked: TICKED, typed: "I accept.", liveness: "live" } as const;

test("with everything ticked, noted, typed, hashed and heard nothing locks", () => {
  expect(locksOn(READY)).toEqual([]);
});

const one = (hashed: Hashed): Rehash => ({ ...HASHED, found: new Map([["test.log", hashed]]) });

test.each<[string, Partial<Parameters<typeof locksOn>[0]>, string]>([
  ["the server is away", { liveness: "stale" }, "not heard"],
  ["the verifier says FAIL", { signing: { ...SIGNING, evidence: "FAIL" } }, "does not verify: FAIL"],
  ["nothing verifies to the end", { signing: { ...SIGNING, evidence: "NOT-PROVEN" } }, "NOT-PROVEN"],
  ["hashing goes on", { rehash: { ...HASHED, state: "hashing" } }, "not hashed in this browser yet"],
  ["a file differs", { rehash: one({ kind: "differs", found: "b" }) }, "test.log"],
  ["a file is unread", { rehash: one({ kind: "unread", why: "" }) }, "test.log"],
  ["SHA256SUMS cannot be read", { rehash: { ...HASHED, state: "unread" } }, "SHA256SUMS could not be read"],
  ["SHA256SUMS is none", { rehash: { ...HASHED, state: "unlisted" } }, "SHA256SUMS"],
  ["a criterion is not judged", { ticked: new Map([["denied/push", ""]]) }, "it reads well"],
  ["a criterion has no note", { ticked: new Map([...TICKED, ["C1", " "]]) }, "Say what you saw"],
  ["a denied attempt is not named", { ticked: new Map([["C1", "x"]]) }, "push was attempted and denied"],
  ["nobody may sign", { signing: { ...SIGNING, signers: [] } }, "No key"],
  ["the sentence has one more space", { typed: "I accept. " }, "not typed exactly"],
])("accepting is locked where %s, and says so", (_, more, says) => {
  const locks = locksOn({ ...READY, ...more });
  expect(locks).toHaveLength(1);
  expect(locks[0]).toContain(says);
});

test("a note is posted where one was written, and no other", () => {
  expect(ticksGiven(new Map([...TICKED, ["C1", "  I read it "]]))).toEqual([
    { id: "C1", note: "I read it" },
    { id: "denied/push" },
  ]);
});
