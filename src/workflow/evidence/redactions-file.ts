import { LIMITS } from "../limits.ts";
import type { Files } from "./bundle.ts";
import { readEventLine } from "./event-line.ts";
import type { RunRecord } from "./run-record.ts";
import type { Redactions } from "./schemas/redactions.ts";

export const REDACTIONS = "redactions.json";

/** redactions.json over the files as they will be sealed: what is listed is what stands in them. */
export const redactionsOf = (
  { run, events, redacted }: Pick<RunRecord, "run" | "events" | "redacted">,
  files: Files,
): Redactions => {
  const places = [...files]
    .filter(([file]) => isRedacted(file))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([file, bytes]) => marksIn(bytes).map((place) => ({ file, ...place })));
  const secretOf = (mark: string): Pick<Redactions["redactions"][number], "rule" | "bytes" | "commitment"> => {
    const known = redacted.find((one) => one.mark === mark);
    if (known !== undefined) return { rule: known.rule, bytes: known.bytes, commitment: known.commitment };
    return { rule: mark.replace(/#more$/, ""), bytes: 0, commitment: null };
  };
  const folded = new Map<string, { readonly file: string; readonly mark: string; count: number }>();
  for (const { file, mark } of places.slice(LIMITS.redactionPlacesMax)) {
    const place = folded.get(`${file}\0${mark}`) ?? { file, mark, count: 0 };
    place.count += 1;
    folded.set(`${file}\0${mark}`, place);
  }
  return {
    schema: "cto/redactions/v1",
    run,
    rules: rulesIn(events),
    redactions: places
      .slice(0, LIMITS.redactionPlacesMax)
      .map(({ file, line, column, mark }) => ({ file, line, column, mark, ...secretOf(mark) })),
    folded: [...folded.values()].map(({ file, mark, count }) => ({ file, mark, count, ...secretOf(mark) })),
    notClaimed: [
      "a secret that no rule names",
      "a secret in another writing than plain, JSON, base64, hex or percent-encoding",
      "a secret that its holder took apart",
      "names in the unchanged part of the base tree",
    ],
  };
};

/** What was looked for, as the first fact of the run says: the same whoever goes on with it. */
const rulesIn = (events: readonly string[]): readonly string[] => {
  const first = events[0];
  const rules = first === undefined ? [] : readEventLine(first).data["redactionRules"];
  return Array.isArray(rules) ? rules.filter((rule) => typeof rule === "string") : [];
};

// What humans signed and what git holds is never edited; a mark in it is somebody's text.
const isRedacted = (file: string): boolean => !/^(?:approval|repo|attestations)\/|^patch\.diff$/.test(file);

interface MarkPlace {
  readonly mark: string;
  readonly line: number;
  readonly column: number;
}

// In Markdown the signs of a mark are escaped.
const MARK = /\\?\[redacted:((?:\\?[A-Za-z0-9_.:/#-]){1,200})\\?\]/y;
const BEGINS = Buffer.from("[redacted:");
const BACKSLASH = 0x5c;
const LINE_FEED = 0x0a;
/** No mark is longer: a backslash before each of its characters. */
const MARK_BYTES_MAX = 2 * (BEGINS.length + 200 + 1);

/** Looks at the bytes and decodes no more than one mark at a time: a log may be larger than any string of this engine. */
const marksIn = (bytes: Uint8Array): readonly MarkPlace[] => {
  const content = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const found: MarkPlace[] = [];
  let line = 1;
  let lineStart = 0;
  let lineEnd = content.indexOf(LINE_FEED);
  for (let at = content.indexOf(BEGINS); at !== -1; at = content.indexOf(BEGINS, at + 1)) {
    const from = content[at - 1] === BACKSLASH ? at - 1 : at;
    MARK.lastIndex = 0;
    const [, mark] = MARK.exec(content.subarray(from, from + MARK_BYTES_MAX).toString("latin1")) ?? [];
    if (mark === undefined) continue;
    for (; lineEnd !== -1 && lineEnd < from; lineEnd = content.indexOf(LINE_FEED, lineStart)) {
      line += 1;
      lineStart = lineEnd + 1;
    }
    found.push({ mark: mark.replaceAll("\\", ""), line, column: from - lineStart + 1 });
  }
  return found;
};
