import type { OutcomeSigning, OutcomeTick, TickGiven } from "../../../harness/objects/signing.ts";
import type { Liveness } from "../live.ts";
import { differenceIn } from "../sentence.ts";
import { mismatchesOf, type Rehash } from "./sums.ts";

/** What the owner has ticked and noted so far, by the id of the row. */
export type Ticked = ReadonlyMap<string, string>;

/** Why accepting is locked, in words; empty where it may be signed. The server asks all of it again. */
export const locksOn = ({
  signing,
  rehash,
  ticked,
  typed,
  liveness,
}: {
  readonly signing: OutcomeSigning;
  readonly rehash: Rehash;
  readonly ticked: Ticked;
  readonly typed: string;
  readonly liveness: Liveness;
}): readonly string[] => [
  ...(liveness === "live" ? [] : ["The server is not heard: nothing can be signed until it is back."]),
  ...(signing.evidence === "PASS" ? [] : [`The evidence does not verify: ${signing.evidence}.`]),
  ...hashingLocks(rehash),
  ...signing.locked.map(({ message }) => message),
  ...(signing.signers.length === 0 ? ["No key of the owner may sign an outcome now."] : []),
  ...signing.ticks.filter(({ id }) => !ticked.has(id)).map(untickedText),
  ...signing.ticks
    .filter(({ id, needsNote }) => needsNote && ticked.has(id) && ticked.get(id)?.trim() === "")
    .map(({ label }) => `Say what you saw: ${label}`),
  ...(differenceIn(signing.sentence, typed) === undefined ? [] : ["The sentence is not typed exactly."]),
];

const hashingLocks = (rehash: Rehash): readonly string[] => {
  const differ = mismatchesOf(rehash);
  if (differ.length > 0) return [`Not what was sealed, as this browser found: ${differ.join(", ")}.`];
  if (rehash.state === "unread") return ["SHA256SUMS could not be read: the files are not hashed in this browser."];
  if (rehash.state !== "ended") return ["The files are not hashed in this browser yet."];
  const unread = [...rehash.found].filter(([, { kind }]) => kind === "unread").map(([name]) => name);
  return unread.length === 0 ? [] : [`Not hashed in this browser: ${unread.join(", ")}.`];
};

const untickedText = ({ kind, label }: OutcomeTick): string =>
  ({
    eye: `Judge for yourself: ${label}`,
    finding: `Name the finding: ${label}`,
    denied: `Name what was denied: ${label}`,
  })[kind];

/** The ticks as they are posted: a note only where one was written. */
export const ticksGiven = (ticked: Ticked): readonly TickGiven[] =>
  [...ticked].map(([id, note]) => (note.trim() === "" ? { id } : { id, note: note.trim() }));
