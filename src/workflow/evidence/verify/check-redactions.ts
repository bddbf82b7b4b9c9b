import { PAGE } from "../bundle-table.ts";
import { latin1 } from "./bytes.ts";
import { eventsOf } from "./events.ts";
import type { Reading } from "./reading.ts";
import { fail, passUnless, type Check } from "./verdict.ts";

const ID = "redactions";
const FILE = "redactions.json";

/** Step 9: what was taken out is told, place by place; a mark without its record and a record without its mark are wrong. */
export const checkRedactions = ({ files, paths, manifest, redactions, events }: Reading): readonly Check[] => {
  const off = (says: string, file: string = FILE): Check => fail(ID, "evidence/redaction-contradicted", says, file);
  if (redactions === undefined) return [off("it does not read as redactions/v1")];
  const { run, folded } = redactions;
  // A log too large to be held is known by its digest alone.
  const isOnlyDigested = (file: string): boolean => paths.includes(file) && !files.has(file);
  const places = redactions.redactions.filter(({ file }) => !isOnlyDigested(file));

  const marks = new Map([...files].filter(([file]) => isEdited(file)).map(([file, bytes]) => [file, marksIn(bytes)]));
  const listed = new Set(places.map(({ file, line, column, mark }) => `${file} ${line}:${column} ${mark}`));
  const open = new Map<string, number>();
  for (const [file, found] of marks)
    for (const [place, mark] of found) {
      if (!listed.has(`${file} ${place} ${mark}`)) open.set(`${file} ${mark}`, (open.get(`${file} ${mark}`) ?? 0) + 1);
    }
  const counted = new Map(
    folded.filter(({ file }) => !isOnlyDigested(file)).map(({ file, mark, count }) => [`${file} ${mark}`, count]),
  );
  const names = new Set([...open.keys(), ...counted.keys()]);
  const commitments = new Map<string, string>();
  const told = new Map(
    eventsOf(events, "redaction.applied").flatMap(({ data }) =>
      data["commitment"] === undefined ? [] : [[data["mark"], data["commitment"]] as const],
    ),
  );
  return passUnless(
    ID,
    [
      ...(run === manifest?.run ? [] : [off("it is of another run")]),
      ...places
        .filter(({ file, line, column, mark }) => marks.get(file)?.get(`${line}:${column}`) !== mark)
        .map(({ file, line, mark }) => off(`${mark} does not stand in line ${line} of ${file}`, file)),
      ...[...names]
        .filter((name) => open.get(name) !== counted.get(name))
        .map((name) => off(`${open.get(name) ?? 0} marks have no record: ${name}`)),
      ...[...places, ...folded].flatMap(({ mark, rule, bytes, commitment }) => {
        const before = commitments.get(mark);
        const now = `${rule} ${bytes} ${commitment ?? "none"}`;
        commitments.set(mark, now);
        const isTold = (told.get(mark) ?? commitment) === commitment;
        if (before !== undefined && before !== now) return [off(`${mark} stands for two secrets`)];
        if (commitment === null && !mark.endsWith("#more")) return [off(`${mark} commits to nothing`)];
        return isTold ? [] : [off(`the log tells another commitment of ${mark}`)];
      }),
    ],
    places.length === 0 ? "nothing was taken out" : `${places.length} places, each with its record`,
  );
};

const isEdited = (file: string): boolean =>
  !/^(?:approval|repo|attestations)\/|^patch\.diff$/.test(file) && file !== FILE && file !== PAGE;

const MARK = /\\?\[redacted:((?:\\?[A-Za-z0-9_.:/#-]){1,200})\\?\]/g;

/** `line:column`, both from 1 and in bytes -> the mark that begins there. */
const marksIn = (bytes: Uint8Array): ReadonlyMap<string, string> => {
  const text = latin1(bytes);
  const found = new Map<string, string>();
  if (!text.includes("[redacted:")) return found;
  for (const [index, line] of text.split("\n").entries())
    for (const match of line.matchAll(MARK))
      found.set(`${index + 1}:${match.index + 1}`, (match[1] ?? "").replaceAll("\\", ""));
  return found;
};
