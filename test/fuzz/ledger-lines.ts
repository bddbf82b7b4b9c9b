import { createHash } from "node:crypto";

import { digestOf } from "../../src/workflow/digest.ts";
import { ledgerStart, ledgerText, readLedger, type LedgerEntry } from "../../src/workflow/ledger.ts";
import { RUN, WORK } from "../fixtures/governed.ts";
import { plainJson, plainText, REFUSED, type Fuzzed } from "./fuzzed.ts";
import { mutated } from "./mutate.ts";

const HOME = "01JZ0000000000000000000000";
const AT = "2026-06-01T10:02:00.000Z";
const START = ledgerStart(HOME);

const ENTRIES: readonly LedgerEntry[] = [
  { type: "work.listed", actor: "author", channel: "cli", work: WORK },
  { type: "command.refused", actor: "uid:0", channel: "cli", refusals: ["approval/absent"] },
  {
    type: "approval.recorded",
    actor: "jp",
    channel: "cli",
    work: WORK,
    approvalId: "ap-3",
    digests: { packet: digestOf("p") },
  },
  {
    type: "run.started",
    actor: "harness",
    channel: "harness",
    work: WORK,
    run: RUN,
    detail: { attempt: 1, base: "a" },
  },
];

const LINES = ((): readonly string[] => {
  let prev = START;
  return ENTRIES.map((entry, at) => {
    const line = ledgerText(entry, at + 1, AT, prev);
    prev = digestOf(line);
    return line;
  });
})();

const CORPUS = [new TextEncoder().encode(LINES.join("\n"))];
const WORDS = {
  words: [
    ...ENTRIES.map(({ type }) => `"${type}"`),
    '"actor":"jp"',
    '"actor":"uid:0"',
    '"channel":"web"',
    '"seq":1',
    '"seq":2',
    '"seq":4',
    '"seq":5',
    '"approvalId":"ap-3",',
    '"detail":{},',
    WORK,
    "CTO-WORK-050",
    RUN,
    ...LINES.map((line) => digestOf(line)),
  ],
};

/** A whole ledger whose lines were changed, each row with the digest of the line that stands there now. */
export const LEDGER_LINES: Fuzzed = {
  kind: "ledger lines",
  share: 0.25,
  makeCase: (random) => mutated(CORPUS, WORDS, random),
  judge: (bytes) => {
    const texts = Buffer.from(bytes).toString("utf8").split("\n");
    const rows = texts.map((text, at) => ({ seq: at + 1, text, sha256: digestOf(text) }));
    if (readLedger(rows, { seq: 1, prev: START }).wrong.length > 0) return REFUSED;
    return { isAccepted: true, objections: [...objectionsTo(texts)] };
  },
};

function* objectionsTo(texts: readonly string[]): Iterable<string> {
  let prev: string = START;
  for (const [at, text] of texts.entries()) {
    const record = plainJson(plainText(Buffer.from(text)));
    if (record === null || typeof record !== "object") return yield `line ${at + 1} is no JSON object`;
    const { seq, prev: link, type, actor, channel } = record as Readonly<Record<string, unknown>>;
    if (seq !== at + 1) yield `line ${at + 1} has another number`;
    if (link !== prev) yield `line ${at + 1} is not chained to the one before`;
    for (const member of [type, actor, channel]) if (typeof member !== "string") yield `line ${at + 1} lacks a member`;
    if (channel !== "cli" && channel !== "web" && channel !== "harness") yield `line ${at + 1} came from nowhere`;
    // Every line but the last is bound by the one after it.
    if (at < texts.length - 1 && text !== LINES[at]) yield `line ${at + 1} was changed`;
    prev = createHash("sha256").update(text).digest("hex");
  }
}
