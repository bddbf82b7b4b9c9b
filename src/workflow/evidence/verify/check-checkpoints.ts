import { sameBytes, textIn } from "./bytes.ts";
import type { Event } from "./events.ts";
import { signatureOf } from "./note-keys.ts";
import { readNote, type Note } from "./note.ts";
import type { Reading } from "./reading.ts";
import { allOf } from "./tools.ts";
import { rootsOver, type Roots } from "./tree.ts";
import { fail, notProven, pass, type Check } from "./verdict.ts";

const ID = "checkpoints";
const FILE = "events.checkpoint";
const LOG = "events.normalized.jsonl";
const TYPE = "cto.evidence.checkpointed.v1";

/** Step 7: the signed checkpoint over all lines, and each one inside over the lines before it. */
export const checkCheckpoints = async (reading: Reading): Promise<readonly Check[]> => {
  const { events, files, manifest, tools } = reading;
  if (events === undefined) return [differs("without a log there is nothing that it could be of", FILE)];
  const origin = `cto-harness/run/${manifest?.run ?? ""}`;
  const leaves = await allOf(events.map(({ leaf }) => tools.sha256(leaf)));
  const log = { reading, origin, roots: await rootsOver(tools, leaves) };
  const inside = events.flatMap(({ event }, at) => (event?.type === TYPE ? [at] : []));
  const rows = await Promise.all(inside.map((at) => insideRow(log, events, at)));
  const last = await judge(log, textIn(files.get(FILE) ?? new Uint8Array()), events.length, endOf(events));
  const objections = [...rows, last === "holds" ? last : rowOf(last, FILE, "it")].filter((row) => row !== "holds");
  const failed = objections.filter(({ verdict }) => verdict === "FAIL");
  if (failed.length > 0) return failed;
  // One key signs them all: that it is not known is told once.
  const [unknown] = objections.slice(-1);
  const all = `${inside.length} in the log and one over all ${events.length} lines`;
  return [unknown ?? pass(ID, `${all}, signed by the Harness`)];
};

interface Log {
  readonly reading: Reading;
  readonly origin: string;
  readonly roots: Roots;
}

type Judged = "holds" | { readonly verdict: "FAIL" | "NOT-PROVEN"; readonly says: string };

/** A note over the first `size` lines of this log and over nothing else, by a trusted key. */
const judge = async (
  { reading, origin, roots }: Log,
  text: string | undefined,
  size: number,
  atMs: number,
): Promise<Judged> => {
  const note = readNote(text ?? "");
  if (note === undefined) return { verdict: "FAIL", says: "is no checkpoint in a signed note" };
  if (!(await isOver(note, origin, size, roots))) return { verdict: "FAIL", says: "is not over the lines before it" };
  switch (await signatureOf(reading, note, atMs)) {
    case "signed":
      return "holds";
    case "nobody":
      return { verdict: "NOT-PROVEN", says: "is signed by a key that nobody whom the reader trusts names" };
    case "not-signed":
      return { verdict: "FAIL", says: "is signed by no key that was trusted for it at that time" };
  }
};

const isOver = async ({ origin, size, root }: Note, of: string, lines: number, roots: Roots): Promise<boolean> =>
  origin === of && size === lines && sameBytes(root, await roots.at(lines));

const insideRow = async (log: Log, events: readonly Event[], at: number): Promise<Check | "holds"> => {
  const event = events[at]?.event;
  const { size, rootHash, note } = event?.data ?? {};
  const text = typeof note === "string" ? note : "";
  const judged = await judge(log, text, at, Date.parse(event?.time ?? ""));
  if (judged !== "holds") return rowOf(judged, LOG, `the checkpoint in line ${at + 1}`);
  const saysSo = text.startsWith(`${log.origin}\n${String(size)}\n${String(rootHash)}\n`);
  return saysSo ? "holds" : differs(`line ${at + 1} says something else of its checkpoint than the note in it`, LOG);
};

const endOf = (events: readonly Event[]): number => Date.parse(events.at(-1)?.event?.time ?? "");

const differs = (says: string, file: string): Check => fail(ID, "evidence/checkpoint-differs", says, file);

const rowOf = ({ verdict, says }: Exclude<Judged, "holds">, file: string, what: string): Check =>
  verdict === "FAIL" ? differs(`${what} ${says}`, file) : notProven(ID, `${what} ${says}`, file);
