import { assert, integer, property, string } from "fast-check";
import { expect, test } from "vitest";

import { oid, RUN, WORK } from "../../../test/fixtures/governed.ts";
import { digestOf } from "../digest.ts";
import {
  acceptSentence,
  OUTCOME_NAMESPACE,
  readOutcomeRecord,
  writeOutcomeRecord,
  type OutcomeRecord,
} from "./outcome-record.ts";

const SUMS = digestOf("SHA256SUMS");
const EVIDENCE = { sums: SUMS, statement: digestOf("the run statement") } as const;
const UNSIGNED = { sums: SUMS, statement: "none" } as const;

const accepted: OutcomeRecord = {
  outcome: "accepted",
  runId: RUN,
  workId: WORK,
  commit: oid("d"),
  base: oid("a"),
  reason: "",
  acknowledged: ["push"],
  judged: ["C1", "C2"],
  sentence: acceptSentence({ work: WORK, run: RUN, commit: oid("d") }),
  decidedAt: "2026-06-01T10:00:00.000Z",
  approver: { principal: "jp", method: "sshsig", assurance: "A2" },
  authority: { allowedSignersSha256: digestOf("allowed_signers") },
  ledgerCheckpoint: { origin: "cto-harness/ledger/home", size: 12, rootHash: "AAAA" },
};
const rejected: OutcomeRecord = {
  ...accepted,
  outcome: "rejected",
  reason: "the wrong file",
  judged: [],
  sentence: null,
};

const read = (text: string | Uint8Array): ReturnType<typeof readOutcomeRecord> => readOutcomeRecord(Buffer.from(text));
const written = writeOutcomeRecord(accepted, UNSIGNED);

test("the words that accept name the work, the run and the commit", () => {
  expect(accepted.sentence).toBe("I accept the outcome of CTO-WORK-049 run R-049-01 at commit ddddddd.");
  expect(OUTCOME_NAMESPACE).toBe("outcome@cto-harness");
});

test.each([
  ["an acceptance", accepted],
  ["a rejection", rejected],
])("%s reads back as it was written, bound to the digest of the evidence", (_, record) => {
  for (const evidence of [EVIDENCE, UNSIGNED]) {
    const text = writeOutcomeRecord(record, evidence);
    expect(text).toMatch(/^\{[^\n]*\}\n$/);
    expect(read(text)).toEqual({ ok: true, value: { record, ...evidence } });
  }
});

const changed = (from: string, to: string): string => {
  const text = written.replace(from, () => to);
  if (text === written) throw new Error(`the record does not hold ${from}`);
  return text;
};

test.each<[string, string | Uint8Array]>([
  ["empty", ""],
  ["cut short", written.slice(0, -3)],
  ["followed by something", `${written}x`],
  ["not UTF-8", Buffer.concat([Buffer.from(written.slice(0, -1)), Buffer.of(0xff)])],
  ["behind a byte order mark", `\u{FEFF}${written}`],
  ["too long", written.replace("{", `{${" ".repeat(1_048_576)}`)],
  ["another kind of statement", changed("predicate:outcome:v1", "predicate:approval:v1")],
  ["of another version", changed("outcome:v1", "outcome:v2")],
  ["an in-toto statement of old", changed("Statement/v1", "Statement/v0.1")],
  ["about another file", changed('"name":"SHA256SUMS"', '"name":"bundle.json"')],
  ["about its statement alone", changed("SHA256SUMS", "attestations/run.sigstore.json")],
  [
    "about its sums twice",
    changed(`[{"name":"SHA256SUMS"`, `[{"name":"SHA256SUMS","digest":{"sha256":"${SUMS}"}},{"name":"SHA256SUMS"`),
  ],
  ["about no file", changed(`[{"name":"SHA256SUMS","digest":{"sha256":"${SUMS}"}}]`, "[]")],
  ["about a digest in capitals", changed(SUMS, SUMS.toUpperCase())],
  ["with an outcome said twice", changed('"outcome":"accepted"', '"outcome":"rejected","outcome":"accepted"')],
  ["with another outcome", changed('"outcome":"accepted"', '"outcome":"deferred"')],
  ["with an unknown key", changed('"reason":""', '"reason":"","force":true')],
  ["with a key missing", changed('"reason":"",', "")],
  ["with a key of the prototype", changed('"reason":""', '"reason":"","__proto__":{}')],
  ["with half a character", changed('"reason":""', String.raw`"reason":"\ud800"`)],
  ["for a work item that is none", changed('"workId":"CTO-WORK-049"', '"workId":"CTO-WORK-49"')],
  ["for a run that is none", changed('"runId":"R-049-01"', '"runId":"R-049-1"')],
  ["for a short commit", changed(`"commit":"${oid("d")}"`, '"commit":"ddddddd"')],
  ["without a time zone", changed("10:00:00.000Z", "10:00:00.000")],
  ["by nobody", changed('"principal":"jp"', '"principal":""')],
  ["by a name with a line feed", changed('"principal":"jp"', String.raw`"principal":"jp\nana"`)],
  ["typed, not signed", changed('"method":"sshsig"', '"method":"typed"')],
  ["of an assurance that is none", changed('"assurance":"A2"', '"assurance":"A9"')],
  ["at a ledger of negative size", changed('"size":12', '"size":-1')],
  ["an acceptance in other words", changed("I accept the outcome", "I accept the outcomes")],
  ["an acceptance of another run", changed("049 run R-049-01 at", "049 run R-049-02 at")],
  ["an acceptance of another commit", changed(`"commit":"${oid("d")}"`, `"commit":"${oid("e")}"`)],
  ["an acceptance without a word", changed(JSON.stringify(accepted.sentence), "null")],
  ["a rejection without a reason", writeOutcomeRecord({ ...rejected, reason: " " }, EVIDENCE)],
  ["a rejection that accepts", writeOutcomeRecord({ ...rejected, sentence: accepted.sentence }, EVIDENCE)],
])("a record that is %s is no record", (_, text) => {
  expect(read(text)).toMatchObject({ ok: false, refusals: [{ code: "outcome/record-unreadable" }] });
});

test("one changed byte is refused, or another record, and never the same one", () => {
  const bytes = Buffer.from(written.trimEnd());
  assert(
    property(integer({ min: 0, max: bytes.length - 1 }), integer({ min: 1, max: 255 }), (at, by) => {
      const other = Buffer.from(bytes);
      other[at] = (bytes[at] ?? 0) ^ by;
      const again = readOutcomeRecord(other);
      if (again.ok) expect(again.value).not.toEqual({ record: accepted, ...UNSIGNED });
    }),
  );
});

test("no text at all makes the reader crash", () => {
  assert(
    property(string({ unit: "binary", maxLength: 200 }), (noise) => {
      expect(read(noise).ok).toBe(false);
    }),
  );
});
