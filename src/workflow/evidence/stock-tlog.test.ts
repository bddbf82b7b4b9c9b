import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { noteSigner } from "../../../test/fakes/note-signer.ts";
import { RUN } from "../../../test/fixtures/governed.ts";
import { bytesOf, sampleBundle, utf8 } from "../../../test/fixtures/sample-bundle.ts";
import { ledgerOrigin, runOrigin, signedCheckpoint } from "../checkpoint.ts";
import { leafHash, treeOver } from "../merkle.ts";

// Debian's golang-go and golang-golang-x-mod-dev: a verifier that nobody of this program wrote.
const GO = "/usr/bin/go";
const GOPATH = "/usr/share/gocode";
const PROGRAM = path.join(import.meta.dirname, "../../../test/fixtures/stock/tlog.go");
const isThere = existsSync(GO) && existsSync(path.join(GOPATH, "src/golang.org/x/mod/sumdb/tlog"));

describe("Go's note and tlog", () => {
  const bundle = sampleBundle();
  const folder = mkdtempSync(path.join(tmpdir(), "cto-tlog-"));
  const program = path.join(folder, "tlog");
  beforeAll(() => {
    if (!isThere) {
      process.stderr.write("not checked: golang-go and golang-golang-x-mod-dev are not installed\n");
      return;
    }
    const env = {
      PATH: "/usr/bin:/bin",
      HOME: folder,
      GOPATH,
      GO111MODULE: "off",
      GOCACHE: path.join(folder, "cache"),
    };
    execFileSync(GO, ["build", "-o", program, PROGRAM], { env, stdio: ["ignore", "ignore", "inherit"] });
  }, 120_000);
  afterAll(() => {
    bundle.world.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  const signer = noteSigner();
  const key = Buffer.from(signer.publicKey).toString("base64");

  /** What the program says of these files, the way its own first words are. */
  const says = (name: string, act: string, ...files: readonly Uint8Array[]): string => {
    const places = files.map((bytes, at) => {
      const place = path.join(folder, `file-${at}`);
      writeFileSync(place, bytes);
      return place;
    });
    return spawnSync(program, [name, key, act, ...places], { encoding: "utf8" }).stdout.trim();
  };

  const HOME = ledgerOrigin("01JZ0000000000000000000000");
  const NAMES = ["approval/consumption", "attestations/sealed"] as const;

  test.for(NAMES)("accept the record %s.json in the ledger, and refuse it with one bit flipped", (name, context) => {
    if (!isThere) context.skip("Go's note and tlog are not installed");
    const files = bundle.sealed();
    const [record, proof] = [bytesOf(files, `${name}.json`), bytesOf(files, `${name}.tlog-proof`)];
    expect(says(HOME, "record", record, proof)).toBe("ok");
    expect(says(HOME, "record", record.with(40, (record[40] ?? 0) ^ 1), proof)).toMatch(/^refused: /);
    expect(says(ledgerOrigin("another"), "record", record, proof)).toMatch(/^refused: /);
  });

  test("accept events.checkpoint over the log, and refuse it over a log with one line less", (context) => {
    if (!isThere) context.skip("Go's note and tlog are not installed");
    const files = bundle.sealed();
    const [log, note] = [bytesOf(files, "events.normalized.jsonl"), bytesOf(files, "events.checkpoint")];
    expect(says(runOrigin(RUN), "log", log, note)).toBe("ok");
    expect(says(runOrigin(RUN), "log", log.subarray(0, log.lastIndexOf(10, log.length - 2) + 1), note)).toMatch(
      /^refused: /,
    );
  });

  test("accept that a tree grew out of an earlier one, at every size", (context) => {
    if (!isThere) context.skip("Go's note and tlog are not installed");
    const leaves = Array.from({ length: 9 }, (_, at) => leafHash(`record ${at}`));
    const tree = treeOver(leaves);
    const noteAt = (size: number): Uint8Array =>
      utf8(signedCheckpoint({ origin: HOME, size, rootHash: base64(tree.rootAt(size)) }, signer));
    for (let from = 1; from < 9; from += 1) {
      const proof = tree.consistency(from, 9).map(base64).join("\n");
      expect(says(HOME, "growth", noteAt(from), noteAt(9), utf8(proof))).toBe("ok");
      expect(
        says(HOME, "growth", noteAt(from), noteAt(9), utf8(`${proof}\n${base64(leaves[0] ?? leafHash(""))}`)),
      ).toMatch(/^refused: /);
    }
  });
});

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64");
