import { LIMITS } from "../limits.ts";
import type { Files } from "./bundle.ts";
import { readEventLine } from "./event-line.ts";
import type { RunRecord } from "./run-record.ts";
import type { Redactions } from "./schemas/redactions.ts";

export const REDACTIONS = "redactions.json";

/** redactions.json over the files as they will be sealed: what is listed is what stands in them. */
export const redactionsOf = ({ run, events, redacted }: RunRecord, files: Files): Redactions => {
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
const MARK = /\\?\[redacted:((?:\\?[A-Za-z0-9_.:/#-]){1,200})\\?\]/g;

const marksIn = (bytes: Uint8Array): readonly MarkPlace[] => {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
  if (!text.includes("[redacted:")) return [];
  const found: MarkPlace[] = [];
  let line = 1;
  let lineStart = 0;
  let looked = 0;
  for (const match of text.matchAll(MARK)) {
    for (let end = text.indexOf("\n", looked); end !== -1 && end < match.index; end = text.indexOf("\n", end + 1)) {
      line += 1;
      lineStart = end + 1;
    }
    looked = match.index;
    found.push({ mark: (match[1] ?? "").replaceAll("\\", ""), line, column: match.index - lineStart + 1 });
  }
  return found;
};
