import { refusal, type Refusal } from "../refusal.ts";
import type { Placed } from "./packet.ts";
import type { Block, Section } from "./sections.ts";

/** A line that a section must hold once: how it reads, and which lines count as it. */
export interface LineRule {
  readonly need: "must" | "may";
  readonly expected: string;
  readonly is: (text: string) => boolean;
}

interface SectionLines<Key extends string> {
  /** The block that each line opens. */
  readonly blocks: ReadonlyMap<Key, Block>;
  readonly prose: readonly Placed<string>[];
}

/** A line that reads exactly so. */
export const exactly = (expected: string): LineRule => ({ need: "must", expected, is: (text) => text === expected });

/** The same, where a packet may also have no such line. */
export const perhaps = (expected: string): LineRule => ({ ...exactly(expected), need: "may" });

/** A line that begins so. */
export const beginning = (start: string, expected: string): LineRule => ({
  need: "must",
  expected,
  is: (text) => text.startsWith(start),
});

/**
 * Sorts the blocks of a section by its known lines. Known lines stand once each and in order; some may be missing. Any other sentence is
 * prose, which enforces nothing (R023); hence no item or fence may stand beneath it, and it may not look like a label.
 */
export const linesOfSection = <Key extends string>(
  section: Section,
  rules: readonly (readonly [Key, LineRule])[],
  objections: Refusal[],
): SectionLines<Key> => {
  const found = new Map<Key, Block>();
  const prose: Placed<string>[] = [];
  let last: { readonly index: number; readonly line: number } = { index: -1, line: 0 };
  for (const block of section.blocks) {
    const { lead } = block;
    const index = lead === undefined ? -1 : rules.findIndex(([, rule]) => rule.is(lead.value));
    const key = rules[index]?.[0];
    if (lead === undefined || key === undefined) {
      if (lead !== undefined) objections.push(...objectionsToProse(lead, section.heading));
      if (lead !== undefined) prose.push(lead);
      objections.push(...objectionsToStray(block, section.heading));
      continue;
    }
    const earlier = found.get(key)?.lead?.at.line;
    if (earlier !== undefined) objections.push(refusal("packet/line-repeated", { line: earlier }, lead.at));
    else if (index < last.index) objections.push(refusal("packet/line-order", { line: last.line }, lead.at));
    if (earlier === undefined) found.set(key, block);
    if (index > last.index) last = { index, line: lead.at.line };
  }
  for (const [key, { need, expected }] of rules) {
    if (need === "must" && !found.has(key))
      objections.push(refusal("packet/line-missing", { section: section.heading, expected }, section.at));
  }
  return { blocks: found, prose };
};

/** The items at the very start of a section, and the section without them. */
export const leadingItems = (
  section: Section,
): { readonly items: readonly Placed<string>[]; readonly rest: Section } => {
  const [first, ...others] = section.blocks;
  if (first === undefined || first.lead !== undefined) return { items: [], rest: section };
  return { items: first.items, rest: { ...section, blocks: [{ items: [], fences: first.fences }, ...others] } };
};

/** What is wrong with a sentence that no rule knows: it must not look as if it announced or allowed anything. */
export function* objectionsToProse(lead: Placed<string>, section: string): Iterable<Refusal> {
  const label = /^.*:$/.exec(lead.value)?.[0] ?? LABEL.exec(lead.value)?.[0];
  if (label !== undefined) yield refusal("packet/label-unknown", { label, section }, lead.at);
}

/** Items and fences that belong to nothing known. */
export const objectionsToStray = ({ items, fences }: Block, section: string): readonly Refusal[] => [
  ...items.map(({ value, at }) => refusal("packet/item-unknown", { item: value, section }, at)),
  ...fences.map(({ language, at }) => refusal("packet/item-unknown", { item: `the ${language} fence`, section }, at)),
];

const LABEL =
  /^(?:status|task|(?:allowed|forbidden) (?:paths?|actions?|(?:network )?hosts?)|success criteri(?:a|on)|validation(?: command)?|rollback(?: expectation)?)\s*:/i;
