import { digestOf } from "../digest.ts";
import type { WorkId } from "../ids.ts";
import { BANNER } from "../packet/fixed-words.ts";
import type { SourceDocument } from "../packet/packet.ts";
import { textOf } from "../packet/source-text.ts";
import { frontmatterLines } from "../packet/write-packet.ts";
import { refusal, type Refusal } from "../refusal.ts";
import { ok, refuse, type Result } from "../result.ts";
import { lookAtList } from "./lint-work-list.ts";
import { outsideFences, type ListedWork } from "./work-list.ts";

/** What a list says of one packet that comes from it. */
export interface ItemOfPacket {
  readonly work: WorkId;
  readonly title: string;
  /** Path of the packet, relative to the home. */
  readonly packet: string;
}

/** A list as it should be, and how it differs from what stands there: not at all where both are empty. */
export interface ListInStep {
  readonly bytes: Uint8Array;
  readonly added: readonly WorkId[];
  /** Listed already, with another title or packet. */
  readonly renewed: readonly WorkId[];
}

/** Between these two lines, and nowhere else, a list is written by a program. */
export const LIST_BEGIN = "<!-- cto sot write: begin; titles in here are those of the packets -->";
export const LIST_END = "<!-- cto sot write: end -->";

/**
 * The list with every item in it. No line outside its two marks changes, none is ever taken out, and what a person
 * listed is not listed again. Refused where it does not lint, or would not list afterwards what was written.
 */
export const listInStep = (
  source: SourceDocument,
  items: readonly ItemOfPacket[],
  today: string,
): Result<ListInStep, Refusal> => {
  const read = readList(source, today);
  if (!read.ok) return read;
  const { lines, works } = read.value;
  const marks = marksIn(source);
  if (marks === "broken")
    return refuse(unkept(source, "its lines cto sot write: begin and end are not there once each, in this order"));
  const added: ItemOfPacket[] = [];
  const renewed: WorkId[] = [];
  const kept: (readonly string[])[] = lines.map((line) => [line]);
  for (const item of items) {
    const listed = works.find(({ work }) => work === item.work);
    if (listed === undefined) added.push(item);
    else if (marks !== "none" && marks.begin < listed.at.line && listed.at.line < marks.end) {
      if (renew(kept, listed, item)) renewed.push(item.work);
    }
  }
  const fresh = added.flatMap(linesOf);
  if (fresh.length > 0 && marks !== "none") {
    const last = lines.findLastIndex((line, index) => index < marks.end - 1 && line.trim() !== "");
    kept[last] = [...(kept[last] ?? []), ...fresh];
  }
  const text = kept.flat().join("\n");
  const whole = fresh.length > 0 && marks === "none" ? behind(text, [LIST_BEGIN, ...fresh, LIST_END]) : text;
  const bytes = new TextEncoder().encode(whole);
  return held(source, { bytes, added: added.map(({ work }) => work), renewed }, items, today);
};

/** A list that stands nowhere yet: a draft that nobody validated or promoted. */
export const newList = (
  path: string,
  { owner, from, today }: { readonly owner: string; readonly from: string; readonly today: string },
  items: readonly ItemOfPacket[],
): Result<ListInStep, Refusal> => {
  const name = (path.split("/").at(-1) ?? "").replace(/\.md$/, "").toLowerCase();
  const lines = [
    ...frontmatterLines({
      name,
      status: "draft",
      owner,
      source: from,
      created: today,
      lastReviewed: today,
      description: "Work items of the packets that come from this list.",
    }),
    "# Work items",
    "",
    BANNER,
    "",
  ];
  const bytes = new TextEncoder().encode(`${lines.join("\n")}\n`);
  return listInStep({ path, bytes, digest: digestOf(bytes) }, items, today);
};

interface ReadList {
  readonly lines: readonly string[];
  readonly works: readonly ListedWork[];
}

const readList = (source: SourceDocument, today: string): Result<ReadList, Refusal> => {
  const { errors, works } = lookAtList(source, today);
  const [first, ...others] = errors;
  if (first !== undefined) return refuse(first, ...others);
  if (works === "unknown") throw new TypeError("a list without an error lists something");
  return ok({ lines: new TextDecoder("utf-8", { ignoreBOM: true }).decode(source.bytes).split("\n"), works });
};

/** The lines, counted from 1, on which the two marks stand. */
const marksIn = (source: SourceDocument): { readonly begin: number; readonly end: number } | "none" | "broken" => {
  const text = textOf(source);
  const lines = text.ok ? [...outsideFences(text.value.lines)] : [];
  const [begin, ...begins] = lines.filter((line) => line.text === LIST_BEGIN);
  const [end, ...ends] = lines.filter((line) => line.text === LIST_END);
  if (begin === undefined && end === undefined) return "none";
  const isOnce = begin !== undefined && end !== undefined && begins.length + ends.length === 0;
  return isOnce && begin.at.line < end.at.line ? { begin: begin.at.line, end: end.at.line } : "broken";
};

/** Puts title and packet of an item in place, where they differ. */
const renew = (kept: (readonly string[])[], { title, at }: ListedWork, item: ItemOfPacket): boolean => {
  const [line, packet] = linesOf(item);
  const [own, next] = [at.line - 1, at.line];
  const [below = ""] = kept[next] ?? [];
  const isCalledSo = title === item.title;
  if (isCalledSo && below === packet) return false;
  const [asItWas = ""] = kept[own] ?? [];
  const named = isCalledSo ? asItWas : line;
  if (PACKET_LINE.test(below)) {
    kept[own] = [named];
    kept[next] = [packet];
  } else kept[own] = [named, packet];
  return true;
};

// The packet has a line of its own, because what stands behind an id is the title to every reader of lists.
const linesOf = ({ work, title, packet }: ItemOfPacket): readonly [string, string] => [
  `- \`${work}\` - ${title}`,
  `  Packet: \`${packet}\``,
];
const PACKET_LINE = /^ {2}Packet: `[^`]*`$/;

const behind = (text: string, lines: readonly string[]): string => {
  const gap = text === "" || text.endsWith("\n\n") ? "" : text.endsWith("\n") ? "\n" : "\n\n";
  return `${text}${gap}${lines.join("\n")}\n`;
};

/** Read back as everybody will: what was listed still is, and each item under its title. */
const held = (
  source: SourceDocument,
  made: ListInStep,
  items: readonly ItemOfPacket[],
  today: string,
): Result<ListInStep, Refusal> => {
  const { bytes } = made;
  const read = readList({ path: source.path, bytes, digest: digestOf(bytes) }, today);
  if (!read.ok) return read;
  const titles = new Map(read.value.works.map(({ work, title }) => [work, title]));
  const written = new Set([...made.added, ...made.renewed]);
  const isThere = items.every(({ work, title }) => (written.has(work) ? titles.get(work) === title : titles.has(work)));
  return isThere ? ok(made) : refuse(unkept(source, "a fenced block of it is open at its end"));
};

const unkept = ({ path }: SourceDocument, problem: string): Refusal =>
  refusal("contract/list-form", { list: path, problem }, { file: path, line: 1, column: 1 });
