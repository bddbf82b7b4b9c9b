import { workId, parseRunId } from "../ids.ts";
import { renderings } from "./bundle-files.ts";
import type { Files } from "./bundle.ts";
import { loggedEvents } from "./logged-events.ts";
import { bounded, difference, type Compared, type Difference } from "./replay-difference.ts";
import type { Report } from "./schemas/report.ts";
import { traceLines } from "./trace.ts";

/** Everything that is drawn from report.json or from the log alone, drawn again and compared byte for byte (R3). */
export const replayRender = (files: Files, report: Report): Compared => {
  const { lines, unread } = loggedEvents(files);
  const work = workId(report.work);
  const run = parseRunId(report.run);
  if (unread.length > 0 || work === undefined || run === undefined) {
    const unnamed =
      work === undefined || run === undefined
        ? [difference("report.json", "a run and its work item", `${report.run} ${report.work}`)]
        : [];
    return { differences: bounded([...unread, ...unnamed]), notComparable: [] };
  }
  const drawn = new Map([
    ...renderings(report),
    ["trace.jsonl", new TextEncoder().encode(traceLines(run, work, lines))],
  ]);
  return { differences: bounded(comparedFiles(drawn, files)), notComparable: [] };
};

/** Each drawn file against the one in the bundle: where it differs, its first line that does. */
export const comparedFiles = (drawn: Files, files: Files): readonly Difference[] =>
  [...drawn].flatMap(([name, bytes]) => {
    const kept = files.get(name);
    if (kept === undefined) return [difference(name, "no such file", "it is drawn")];
    return sameBytes(kept, bytes) ? [] : [firstLine(name, kept, bytes)];
  });

const sameBytes = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((byte, at) => byte === b[at]);

const firstLine = (name: string, kept: Uint8Array, drawn: Uint8Array): Difference => {
  const decoder = new TextDecoder();
  const [before, after] = [decoder.decode(kept).split("\n"), decoder.decode(drawn).split("\n")];
  const at = before.findIndex((line, index) => line !== after[index]);
  const line = at === -1 ? before.length : at;
  return difference(`${name} line ${line + 1}`, before[line] ?? "no such line", after[line] ?? "no such line");
};
