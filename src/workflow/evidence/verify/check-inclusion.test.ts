import { afterAll, expect, test } from "vitest";

import { noteSigner } from "../../../../test/fakes/note-signer.ts";
import { RUN, WORK } from "../../../../test/fixtures/governed.ts";
import {
  bytesOf,
  failures,
  replaceIn,
  sampleBundle,
  sealedIn,
  textOf,
  utf8,
  type Edit,
} from "../../../../test/fixtures/sample-bundle.ts";
import { sampleLedger } from "../../../../test/fixtures/sample-ledger.ts";
import { proofText, signedCheckpoint } from "../../checkpoint.ts";
import { digestOf, type Digest } from "../../digest.ts";
import { parseRunId } from "../../ids.ts";
import type { LedgerEntry } from "../../ledger.ts";
import { leafHash } from "../../merkle.ts";
import { ATTESTATIONS } from "../bundle-table.ts";

const bundle = sampleBundle();
afterAll(() => bundle.world.remove());

const RECORD = "approval/consumption.json";
const PROOF = "approval/consumption.tlog-proof";

const setProof =
  (change: (proof: string) => string): Edit =>
  (files) =>
    files.set(PROOF, utf8(change(textOf(files, PROOF))));

const hashLine = /^[A-Za-z0-9+/]{43}=\n/m;

/** A genuine record of a genuine ledger, which is only not the one of this run. */
const another =
  (size: number, change: Partial<LedgerEntry>): Edit =>
  (files) => {
    const ledger = sampleLedger("2026-06-01T10:01:00.000Z");
    ledger.grow(size);
    const record: Digest = digestOf(files.get("approval/approval.jp.json") ?? "");
    const { text, proof } = ledger.append({
      type: "approval.consumed",
      actor: "uid:0",
      channel: "cli",
      work: WORK,
      run: RUN,
      approvalId: "ap-213",
      digests: { record },
      ...change,
    });
    files.set(RECORD, utf8(text)).set(PROOF, utf8(proof));
  };

const ATTACKS: readonly (readonly [string, Edit, string])[] = [
  ["the record edited", replaceIn(RECORD, '"uid:0"', '"uid:1"'), "does not stand in the tree"],
  ["a key twice in the record", replaceIn(RECORD, "{", '{"actor":"jp",'), "does not read as a record"],
  ["another index", setProof((proof) => proof.replace("index 214", "index 213")), "does not stand in the tree"],
  ["an index outside of the tree", setProof((proof) => proof.replace("index 214", "index 215")), "does not stand"],
  ["a hash less", setProof((proof) => proof.replace(hashLine, "")), "does not stand in the tree"],
  ["a hash twice", setProof((proof) => proof.replace(hashLine, "$&$&")), "does not stand in the tree"],
  ["an index with a zero in front", setProof((proof) => proof.replace("index 2", "index 02")), "does not read"],
  ["another version", setProof((proof) => proof.replace("@v1", "@v2")), "does not read"],
  ["extra data", setProof((proof) => proof.replace("index", "extra AAAA\nindex")), "does not read"],
  ["no checkpoint", setProof((proof) => proof.slice(0, proof.indexOf("\n\n") + 2)), "does not read"],
  ["a tree of its own, signed by another key", ownTree, "no key that was trusted"],
  ["a record that spends nothing", another(214, { type: "approval.recorded" }), "records something else"],
  ["another run's record", another(214, { run: parseRunId("R-049-02") ?? RUN }), "is of another run"],
  ["another approval's record", another(214, { approvalId: "ap-99" }), "names another approval"],
  ["a record of other bytes", another(214, { digests: { record: digestOf("x") } }), "another approval record"],
  ["a record from before the challenge", another(100, {}), "consumed before it was recorded"],
  ["a record at another place than the log tells", another(300, {}), "the log names another place"],
];

function ownTree(files: Map<string, Uint8Array>): void {
  const rootHash = Buffer.from(leafHash(textOf(files, RECORD).replace('"seq":215', '"seq":1'))).toString("base64");
  const note = signedCheckpoint({ origin: "cto-harness/ledger/x", size: 1, rootHash }, noteSigner(9));
  replaceIn(RECORD, '"seq":215', '"seq":1')(files);
  files.set(PROOF, utf8(proofText(0, [], note)));
}

test.each(ATTACKS)("the ledger does not vouch for %s, whoever sealed the folder again", async (_, edit, says) => {
  const verdict = await bundle.verify(bundle.resealed(edit));
  expect(failures(verdict).filter((row) => row.startsWith("ledger "))).toEqual(
    expect.arrayContaining([expect.stringContaining(says)]),
  );
  expect(verdict.verdict).toBe("FAIL");
});

test("a record that nobody touched is shown with its place", async () => {
  const { checks } = await bundle.verify(bundle.sealed());
  expect(checks.find(({ id }) => id === "ledger")).toMatchObject({
    verdict: "PASS",
    says: expect.stringContaining("record 215 of cto-harness/ledger/") as string,
  });
});

const SEALED = "attestations/sealed.json";
const SEAL_PROOF = "attestations/sealed.tlog-proof";

/** The same bundle with another record of its seal, proven in a ledger of this size. */
const sealedAs = (size: number, more: Partial<LedgerEntry>): Map<string, Uint8Array> =>
  sealedIn(size, bundle.sealed(), { work: WORK, run: RUN, ...more });

const SEALS: readonly (readonly [string, () => Map<string, Uint8Array>, string])[] = [
  ["no record of it", () => dropped(SEALED), "does not read as a record"],
  ["no proof of it", () => dropped(SEAL_PROOF), "does not read as a proof"],
  ["another act", () => sealedAs(229, { type: "run.voided" }), "records something else"],
  ["another run", () => sealedAs(229, { run: parseRunId("R-049-02") ?? RUN }), "is of another run"],
  ["other files", () => sealedAs(229, { digests: { sums: digestOf("x") } }), "seals other digests"],
  [
    "only SHA256SUMS",
    () => sealedAs(229, { digests: { sums: digestOf(bundle.sealed().get("SHA256SUMS") ?? "") } }),
    "seals other digests",
  ],
  ["a time before the consumption", () => sealedAs(100, {}), "sealed before its approval was consumed"],
  [
    "the consumption's own proof",
    () => bundle.sealed().set(SEAL_PROOF, bytesOf(bundle.sealed(), PROOF)),
    "does not stand in the tree",
  ],
  ["the record of before the verdict", beforeVerdict, "seals other digests"],
];

const dropped = (name: string): Map<string, Uint8Array> => {
  const files = bundle.sealed();
  files.delete(name);
  return files;
};

function beforeVerdict(): Map<string, Uint8Array> {
  const files = bundle.sealed();
  const verdict = bytesOf(files, ATTESTATIONS.verdict);
  files.delete(ATTESTATIONS.verdict);
  return sealedIn(229, files, { work: WORK, run: RUN }).set(ATTESTATIONS.verdict, verdict);
}

test.each(SEALS)("a seal that shows %s is none of this bundle", async (_, make, says) => {
  const verdict = await bundle.verify(make());
  expect(failures(verdict).filter((row) => row.startsWith("seal "))).toEqual(
    expect.arrayContaining([expect.stringContaining(says)]),
  );
  expect(verdict.verdict).toBe("FAIL");
});

test("the seal that nobody touched is shown with its place, behind the consumption", async () => {
  const { checks } = await bundle.verify(bundle.sealed());
  expect(checks.find(({ id }) => id === "seal")).toMatchObject({
    verdict: "PASS",
    says: expect.stringContaining("record 230 of cto-harness/ledger/") as string,
  });
});
