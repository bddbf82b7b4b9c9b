import { afterAll, expect, test } from "vitest";

import { noteSigner } from "../../../../test/fakes/note-signer.ts";
import { RUN } from "../../../../test/fixtures/governed.ts";
import { ownSignerLines } from "../../../../test/fixtures/own-keys.ts";
import {
  failedIds,
  sampleBundle,
  sealedOf,
  textOf,
  utf8,
  type FileMap,
} from "../../../../test/fixtures/sample-bundle.ts";
import { logNote } from "../../../../test/fixtures/sample-ledger.ts";
import { nodeVerifyTools } from "../../../adapters/archive/verify-tools.ts";
import { signedCheckpoint, type NoteSigner } from "../../checkpoint.ts";
import { canonicalJson, digestOf } from "../../digest.ts";
import { chainStart } from "../../event-chain.ts";
import { verifyBundle } from "./verify.ts";

const bundle = sampleBundle();
afterAll(() => bundle.world.remove());

const LOG = "events.normalized.jsonl";
const NOTE = "events.checkpoint";

type Line = Record<string, unknown> & { data: Record<string, unknown> };

const logOf = (files: FileMap): string[] => textOf(files, LOG).split("\n").slice(0, -1);

/** The whole log made consistent again by somebody who can do anything but sign: numbers, chain, count. */
const forged = (attack: (log: string[]) => readonly string[]): FileMap =>
  bundle.resealed((files) => {
    const changed = attack(logOf(files));
    const log: string[] = [];
    for (const text of changed) {
      const line = JSON.parse(text) as Line;
      const before = log.at(-1);
      line["sequence"] = String(log.length).padStart(10, "0");
      line["prevhash"] = before === undefined ? chainStart(RUN) : digestOf(before);
      if (line["type"] === "cto.run.finished.v1") line.data["events"] = changed.length;
      log.push(canonicalJson(line));
    }
    files.set(LOG, utf8(log.map((line) => `${line}\n`).join("")));
  });

const isSaid = (line: string): boolean => line.includes("cto.message.recorded.v1");
const at = (log: readonly string[]): number => log.findIndex(isSaid);

const ATTACKS: readonly (readonly [string, (log: string[]) => readonly string[]])[] = [
  ["edited", (log) => log.map((line) => line.replace("may push now", "did nothing"))],
  ["deleted", (log) => log.filter((line) => !isSaid(line))],
  ["cut at its tail", (log) => [...log.slice(0, -4), log.at(-1) ?? ""]],
  ["swapped", (log) => log.toSpliced(at(log), 2, log[at(log) + 1] ?? "", log[at(log)] ?? "")],
  ["appended to", (log) => log.toSpliced(-1, 0, log[at(log)] ?? "")],
  [
    "rewritten from its first line on",
    (log) => log.map((line) => line.replace('"time":"2026-06-01', '"time":"2026-06-02')),
  ],
];

test.each(ATTACKS)(
  "a log that was %s and made consistent again is not the one that was signed (R103)",
  async (_, attack) => {
    const verdict = await bundle.verify(forged(attack));
    expect(verdict.checks.find(({ id }) => id === "events")?.verdict).toBe("PASS");
    expect(verdict.checks.filter(({ id }) => id === "checkpoints").map(({ code }) => code)).toContain(
      "evidence/checkpoint-differs",
    );
  },
);

test("the log that nobody touched is the one that was signed, by two checkpoints inside and one over all", async () => {
  const { checks } = await bundle.verify(forged((log) => log));
  expect(checks.find(({ id }) => id === "checkpoints")).toMatchObject({
    verdict: "PASS",
    says: expect.stringMatching(/^2 in the log and one over all \d+ lines/) as string,
  });
});

test("an attacker who signs every checkpoint by a key of his own convinces nobody", async () => {
  const his = noteSigner(9);
  const resigned = (text: string): string => signedBy(text, his);
  const files = forged((log) =>
    log.map((text) => {
      const line = JSON.parse(text) as Line;
      const note = line.data["note"];
      if (typeof note === "string") line.data["note"] = resigned(note);
      return canonicalJson(line);
    }),
  );
  const log = logOf(files);
  const verdict = await bundle.verify(new Map([...files, [NOTE, utf8(signedBy(logNote(RUN, log).note, his))]]));
  expect(failedIds(verdict)).toContain("checkpoints");
});

/** The same checkpoint, signed by another key. */
const signedBy = (note: string, key: NoteSigner): string => {
  const [origin = "", size = "", rootHash = ""] = note.split("\n");
  return signedCheckpoint({ origin, size: Number(size), rootHash }, key);
};

const NOTES: readonly (readonly [string, (note: string, log: readonly string[]) => string])[] = [
  ["nothing", () => ""],
  ["only the text", (note) => note.slice(0, note.indexOf("\u2014"))],
  ["no last line feed", (note) => note.slice(0, -1)],
  ["a line more", (note) => `${note}\n`],
  ["line ends of Windows", (note) => note.replaceAll("\n", "\r\n")],
  ["a byte order mark", (note) => `\uFEFF${note}`],
  ["a size with a zero in front", (note) => note.replace(/\n(\d+)\n/, "\n0$1\n")],
  ["another size", (note) => note.replace(/\n(\d+)\n/, "\n1\n")],
  ["an extension line", (note) => note.replace("\n\n", "\nmore\n\n")],
  ["a second signature", (note) => `${note}${note.slice(note.indexOf("\u2014"))}`],
  ["base64 with bits to spare", (note) => spare(note)],
  ["another signer's name", (note) => note.replace(/\u2014 \S+/, "\u2014 cto-harness/run/R-049-02")],
  ["a hyphen for the dash", (note) => note.replace("\u2014", "-")],
  ["all lines but the last", (_, log) => logNote(RUN, log.slice(0, -1)).note],
  ["another run's log", (_, log) => logNote("R-049-02", log).note],
  ["a ledger", (_, log) => logNote(RUN, log).note.replaceAll("cto-harness/run/", "cto-harness/ledger/")],
];

// The last digit before one equals sign has two bits that nobody reads.
const spare = (note: string): string =>
  note.replace(/(\n[A-Za-z0-9+/]{42})([A-Za-z0-9+/])=/, (_, head: string, digit: string) => {
    const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    return `${head}${digits[digits.indexOf(digit) + 1] ?? ""}=`;
  });

test.each(NOTES)("a checkpoint of %s is none over this log", async (_, change) => {
  const files = bundle.resealed((sealed) => {
    const note = change(textOf(sealed, NOTE), logOf(sealed));
    expect(note).not.toBe(textOf(sealed, NOTE));
    sealed.set(NOTE, utf8(note));
  });
  const { checks } = await bundle.verify(files);
  expect(checks.find(({ id }) => id === "checkpoints")).toMatchObject({ verdict: "FAIL", file: NOTE });
});

const LOGGED = ["checkpoints", "ledger", "seal"];
const onlyOwner = utf8(new TextDecoder().decode(bundle.world.allowedSigners).replace(ownSignerLines(), ""));

test("without trust from outside no checkpoint is proven, and none is called false", async () => {
  const { checks } = await verifyBundle(bundle.sealed(), [], "none", nodeVerifyTools);
  for (const id of LOGGED)
    expect(checks.filter((check) => check.id === id).map(({ verdict }) => verdict)).toEqual(["NOT-PROVEN"]);
});

test("where the reader names no key for checkpoints, the owner's approval vouches for the one that it names", async () => {
  const { checks } = await verifyBundle(bundle.sealed(), [], { allowedSigners: onlyOwner }, nodeVerifyTools);
  for (const id of LOGGED)
    expect(checks.filter((check) => check.id === id).map(({ verdict }) => verdict)).toEqual(["PASS"]);
});

test("a run that no owner approved is vouched for by nobody", async () => {
  const { record, given } = bundle.world.ending("blocked");
  const { checks } = await verifyBundle(sealedOf(record, given), [], { allowedSigners: onlyOwner }, nodeVerifyTools);
  for (const id of ["checkpoints", "seal"])
    expect(checks.filter((check) => check.id === id).map(({ verdict }) => verdict)).toEqual(["NOT-PROVEN"]);
});

test("a key that was no longer trusted when the log ended has signed nothing", async () => {
  const ended = utf8(
    new TextDecoder()
      .decode(bundle.world.allowedSigners)
      .replace('ledger@cto-harness"', 'ledger@cto-harness",valid-before="20260101Z"'),
  );
  const { checks } = await verifyBundle(bundle.sealed(), [], { allowedSigners: ended }, nodeVerifyTools);
  expect(checks.find(({ id }) => id === "checkpoints")?.verdict).toBe("FAIL");
});
