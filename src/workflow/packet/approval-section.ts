import { refusal, type Place, type Refusal } from "../refusal.ts";
import { approvalLine, SENTENCE_END, sentenceStart } from "./fixed-words.ts";
import { codePointOf } from "./hidden-characters.ts";
import { placeWithin, type Line } from "./line.ts";
import type { Placed } from "./packet.ts";
import { exactly, linesOfSection, objectionsToStray } from "./section-lines.ts";
import type { Block, Section } from "./sections.ts";

interface ApprovalSection {
  readonly sentence?: Placed<string>;
  readonly label?: string;
  readonly prose: readonly Placed<string>[];
}

const SENTENCE_CHARACTERS_MIN = 20;
const SENTENCE_CHARACTERS_MAX = 400;

/** The sentence that the owner will have to say, byte for byte (R033, evidence.md 3.1). */
export const readApproval = (
  section: Section,
  named: { readonly owner: string; readonly work: string | undefined; readonly target: string | undefined },
  objections: Refusal[],
): ApprovalSection => {
  const { blocks, prose } = linesOfSection(section, [["sentence", exactly(approvalLine(named.owner))]], objections);
  const block = blocks.get("sentence");
  if (block === undefined) return { prose };
  objections.push(...objectionsToStray({ items: block.items, fences: [] }, section.heading));
  const line = sentenceIn(block, objections);
  if (line === undefined) return { prose };
  objections.push(...objectionsToWords(line));
  const sentence: Placed<string> = { value: line.text, at: line.at };
  if (named.work === undefined || named.target === undefined) return { prose, sentence };

  const start = sentenceStart(named.work, named.target);
  const label = line.text.slice(start.length, -SENTENCE_END.length);
  if (line.text !== `${start}${label}${SENTENCE_END}` || label.trim() === "") {
    const expected = `${start}LABEL${SENTENCE_END}`;
    objections.push(refusal("packet/sentence-disagrees", { expected }, placeOfDifference(line, start)));
    return { prose, sentence };
  }
  return { prose, sentence, label };
};

const sentenceIn = ({ lead, fences }: Block, objections: Refusal[]): Line | undefined => {
  const [fence, ...others] = fences;
  const wrong = (problem: string, at: Place | undefined): void => {
    objections.push(refusal("packet/sentence", { problem }, at));
  };
  if (fence === undefined) {
    wrong("has no text fence", lead?.at);
    return undefined;
  }
  if (fence.language !== "text") wrong("stands in a fence that is not text", fence.at);
  const [line, ...more] = fence.lines;
  const second = more[0]?.at ?? others[0]?.at;
  if (second !== undefined) {
    objections.push(refusal("packet/two-sentences", { line: line?.at.line ?? fence.at.line }, second));
  }
  if (line === undefined) wrong("is empty", fence.at);
  return line;
};

// No character that could be taken for another, or that a terminal or a page would treat as its own, can be required.
function* objectionsToWords({ text, at }: Line): Iterable<Refusal> {
  const wrong = (problem: string, index: number): Refusal =>
    refusal("packet/sentence", { problem }, placeWithin(at, text, index));
  for (const { 0: character, index } of text.matchAll(/[^\x20-\x7e]|["'`<>\\]/gu)) {
    yield wrong(`holds ${codePointOf(character)}, which it may not`, index);
  }
  const space = /^ | $| {2}/.exec(text);
  if (space !== null) yield wrong("has a space too many", space.index);
  if (text.length < SENTENCE_CHARACTERS_MIN) yield wrong(`is shorter than ${SENTENCE_CHARACTERS_MIN} characters`, 0);
  if (text.length > SENTENCE_CHARACTERS_MAX) yield wrong(`is longer than ${SENTENCE_CHARACTERS_MAX} characters`, 0);
}

const placeOfDifference = ({ text, at }: Line, start: string): Place => {
  let index = 0;
  while (index < start.length && text[index] === start[index]) index += 1;
  return placeWithin(at, text, Math.min(index, text.length));
};
