import { afterAll, expect, test } from "vitest";

import { RUN } from "../../../../test/fixtures/governed.ts";
import { makeOwnKeys } from "../../../../test/fixtures/own-keys.ts";
import {
  sampleBundle,
  failedIds,
  failures,
  signedFiles,
  textOf,
  utf8,
} from "../../../../test/fixtures/sample-bundle.ts";
import { digestOf } from "../../digest.ts";
import { chainStart } from "../../event-chain.ts";
import { bundleFiles } from "../bundle-files.ts";

const bundle = sampleBundle();
afterAll(() => bundle.world.remove());

const lines = (files: ReadonlyMap<string, Uint8Array>): string[] => textOf(files, LOG).split("\n").slice(0, -1);
const LOG = "events.normalized.jsonl";
const setLines = (files: Map<string, Uint8Array>, log: readonly string[]): void =>
  void files.set(LOG, utf8(log.map((line) => `${line}\n`).join("")));

const CHAIN_ATTACKS: readonly (readonly [string, (log: string[]) => readonly string[]])[] = [
  [
    "a line is edited",
    (log) => log.map((line, at) => (at === 3 ? line.replace('"allowed":true', '"allowed":false') : line)),
  ],
  [
    "the last line is edited",
    (log) => log.map((line, at) => (at === log.length - 1 ? line.replace('"awaiting_outcome"', '"voided"') : line)),
  ],
  ["a line is dropped", (log) => log.toSpliced(4, 1)],
  ["the first line is dropped", (log) => log.slice(1)],
  ["two lines are swapped", (log) => log.toSpliced(4, 2, log[5] ?? "", log[4] ?? "")],
  ["a line is repeated", (log) => log.toSpliced(4, 0, log[4] ?? "")],
  ["a second end is appended", (log) => [...log, log.at(-1) ?? ""]],
  ["the tail is cut", (log) => log.slice(0, -1)],
  ["only the first line is left", (log) => log.slice(0, 1)],
  ["nothing is left", () => []],
  ["an empty line is added", (log) => [...log, ""]],
  [
    "a key stands twice",
    (log) => log.map((line, at) => (at === 2 ? line.replace("{", '{"type":"cto.gate.checked.v1",') : line)),
  ],
  ["a byte order mark is put in front", (log) => [`\uFEFF${log[0] ?? ""}`, ...log.slice(1)]],
  [
    "a claim is told as an observation",
    (log) => log.map((line) => line.replace('"trust":"agent-claimed"', '"trust":"harness-observed"')),
  ],
];

test.each(CHAIN_ATTACKS)(
  "a log that was sealed again is still seen when %s (R103, drop-middle-event, empty-log)",
  async (_, attack) => {
    const verdict = await bundle.verify(bundle.resealed((files) => setLines(files, attack(lines(files)))));
    expect(verdict.verdict).toBe("FAIL");
    expect(verdict.checks.filter((check) => check.verdict === "FAIL").map(({ code }) => code)).toContain(
      "evidence/chain-broken",
    );
  },
);

test("an event of a type that nobody knows is not proven, never passed", async () => {
  const log = rechained(
    lines(bundle.sealed()).map((line) => line.replaceAll("workspace.prepared", "workspace.invented")),
  );
  const verdict = await bundle.verify(bundle.resealed((files) => setLines(files, log)));
  expect(verdict.checks.find(({ id }) => id === "events")?.verdict).toBe("NOT-PROVEN");
  expect(verdict.verdict).not.toBe("PASS");
});

const rechained = (log: readonly string[]): readonly string[] => {
  const made: string[] = [];
  for (const line of log) {
    const before = made.at(-1);
    const prev = before === undefined ? chainStart(RUN) : digestOf(before);
    made.push(line.replace(/"prevhash":"[0-9a-f]{64}"/, `"prevhash":"${prev}"`));
  }
  return made;
};

test("a log rewritten consistently from its first line to its last is not the one that was signed (replace-whole-chain)", async () => {
  const forged = rechained(bundle.world.record.events.map((line) => line.replace("may push now", "did nothing")));
  const record = { ...bundle.world.record, events: forged };
  const files = bundleFiles(record, bundle.world.given);
  const verdict = await bundle.verify(signedFiles(record, files));
  expect(verdict.checks.find(({ id }) => id === "events")?.verdict).toBe("PASS");
  expect(new Set(failedIds(verdict))).toEqual(new Set(["checkpoints"]));
  const stranger = { ...record, keys: { harness: STRANGER.harness.line, verifier: STRANGER.verifier.line } };
  const forgery = signedFiles(stranger, bundleFiles(stranger, bundle.world.given), STRANGER);
  expect(new Set(failedIds(await bundle.verify(forgery)))).toEqual(
    new Set(["checkpoints", "run-statement", "tests-statement", "verdict-statement"]),
  );
  const kept = new Map([...files, ...[...bundle.sealed()].filter(([name]) => name.startsWith("attestations/"))]);
  expect(failures(await bundle.verify(kept)).join("\n")).toContain("it is over other files");
});

const STRANGER = makeOwnKeys();
