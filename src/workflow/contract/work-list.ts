import { workId, type WorkId } from "../ids.ts";
import type { Line } from "../packet/line.ts";
import type { SourceDocument } from "../packet/packet.ts";
import { textOf } from "../packet/source-text.ts";
import { refusal, type Place, type Refusal } from "../refusal.ts";
import { after, unless, type Result } from "../result.ts";

/** A work item as its list names it (R016). */
export interface ListedWork {
  readonly work: WorkId;
  readonly title: string;
  readonly at: Place;
}

/** Whether a path of the home is one where work-item lists lie, by the name of one (R008, R009). */
export const isListPath = (path: string): boolean => /^\.sot\/03-PROTOCOLS\/CTO(?:-[A-Z0-9]+)+-ISSUES\.md$/.test(path);

/**
 * The work items of an `-ISSUES.md` file: list items and headings at the start of a line that begin with an id, then
 * the title. Everything else in the file is for people. An id in a fence or in running text lists nothing.
 */
export const listedWork = (source: SourceDocument): Result<readonly ListedWork[], Refusal> =>
  after(textOf(source), ({ lines, objections: hidden }) => {
    const objections = [...hidden];
    const listed = new Map<WorkId, ListedWork>();
    for (const line of outsideFences(lines)) {
      const entry = entryIn(line);
      if (entry === undefined) continue;
      const { id, title } = entry;
      const work = workId(id);
      const earlier = work && listed.get(work);
      if (work === undefined) objections.push(refusal("contract/work-id", { value: id }, line.at));
      else if (title === "") objections.push(refusal("contract/work-untitled", { work }, line.at));
      else if (earlier) objections.push(refusal("contract/work-repeated", { work, line: earlier.at.line }, line.at));
      else listed.set(work, { work, title, at: line.at });
    }
    return unless(objections, () => [...listed.values()]);
  });

const entryIn = ({ text }: Line): { readonly id: string; readonly title: string } | undefined => {
  const [start, id] = ENTRY.exec(text) ?? [];
  if (start === undefined || id === undefined) return undefined;
  const title = text
    .slice(start.length)
    .replace(/^[`*]{0,4}[:.]?[`*]{0,4}/, "")
    .trim();
  return { id, title: title.replace(/^[-\u2013\u2014:](?: |$)/, "").trim() };
};

const ENTRY = /^(?:#{1,6}|[-*+]|\d{1,6}[.)]) (?:\[[ xX]\] )?[`*]{0,4}(CTO-WORK-[^\s:`*,;.()]*)/;

/** The lines that no fenced block holds. */
export function* outsideFences(lines: readonly Line[]): Iterable<Line> {
  let fence: string | undefined;
  for (const line of lines) {
    const marker = /^ {0,3}(`{3,}|~{3,})/.exec(line.text)?.[1];
    if (fence === undefined && marker === undefined) yield line;
    else if (fence === undefined) fence = marker;
    else if (marker !== undefined && marker.startsWith(fence) && line.text.trim() === marker) fence = undefined;
  }
}
