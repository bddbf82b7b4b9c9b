import { refusal, type Place, type Refusal } from "../refusal.ts";
import type { Placed } from "./packet.ts";
import type { Fence, Statement } from "./statements.ts";

/** The seven sections of a packet, in order (R021). */
const HEADINGS = [
  "Status",
  "Proposed Target Repository",
  "Proposed Task Contract",
  "Required Approval",
  "Execution Gate",
  "Evidence Required After Execution",
  "Non-Authority Notice",
] as const;
export type Heading = (typeof HEADINGS)[number];

/** A sentence of a section with the items and fences that stand beneath it. The first may lack the sentence. */
export interface Block {
  readonly lead?: Placed<string>;
  readonly items: readonly Placed<string>[];
  readonly fences: readonly Fence[];
}

export interface Section {
  readonly heading: Heading;
  readonly at: Place;
  readonly blocks: readonly Block[];
}

export interface Sections {
  readonly title?: Placed<string>;
  /** What stands between the title and the first section. */
  readonly preamble: readonly Block[];
  /** The first of each name. */
  readonly byHeading: ReadonlyMap<Heading, Section>;
  readonly objections: readonly Refusal[];
}

/** Statements -> title and sections; every heading that is missing, unknown, repeated or in the wrong place is refused. */
export const sectionsOf = (statements: readonly Statement[], end: Place): Sections => {
  const isHead = (statement: Statement): boolean => statement.kind === "heading" || statement.kind === "title";
  const heads = statements.flatMap((statement, index) => (isHead(statement) ? [index] : []));
  const [first] = statements;
  const objections: Refusal[] =
    first?.kind === "title" ? [] : [refusal("packet/heading-missing", { heading: "# Title" }, first?.at ?? end)];
  const byHeading = new Map<Heading, Section>();
  let title: Placed<string> | undefined;
  let preamble: readonly Block[] = [];

  for (const [index, start] of heads.entries()) {
    const head = statements[start];
    if (head === undefined || head.kind === "fence") continue;
    const { kind, text: heading, at } = head;
    const blocks = blocksOf(statements.slice(start + 1, heads[index + 1]));
    const known = HEADINGS.find((name) => name === heading);
    const earlier = kind === "title" ? title?.at : known && byHeading.get(known)?.at;
    if (earlier !== undefined) {
      objections.push(refusal("packet/heading-repeated", { heading, line: earlier.line }, at));
    } else if (kind === "title") {
      title = { value: heading, at };
      preamble = blocks;
    } else if (known === undefined) {
      objections.push(refusal("packet/heading-unknown", { heading }, at));
    } else {
      byHeading.set(known, { heading: known, at, blocks });
    }
  }
  objections.push(...outOfOrder([...byHeading.values()]), ...missing(byHeading, end));
  return { ...(title === undefined ? {} : { title }), preamble, byHeading, objections };
};

const blocksOf = (statements: readonly Statement[]): readonly Block[] => {
  const blocks: { lead?: Placed<string>; items: Placed<string>[]; fences: Fence[] }[] = [];
  for (const statement of statements) {
    if (statement.kind === "fence") {
      const block = blocks.at(-1);
      if (block === undefined) blocks.push({ items: [], fences: [statement] });
      else block.fences.push(statement);
      continue;
    }
    const { kind, text: value, at } = statement;
    const block = blocks.at(-1);
    if (kind !== "item") blocks.push({ lead: { value, at }, items: [], fences: [] });
    else if (block === undefined) blocks.push({ items: [{ value, at }], fences: [] });
    else block.items.push({ value, at });
  }
  return blocks;
};

function* outOfOrder(sections: readonly Section[]): Iterable<Refusal> {
  for (const [index, { heading, at }] of sections.entries()) {
    const before = sections[index - 1]?.heading;
    if (before !== undefined && HEADINGS.indexOf(heading) < HEADINGS.indexOf(before)) {
      yield refusal("packet/heading-order", { heading, after: before }, at);
    }
  }
}

const missing = (byHeading: ReadonlyMap<Heading, Section>, end: Place): readonly Refusal[] =>
  HEADINGS.filter((heading) => !byHeading.has(heading)).map((heading) =>
    refusal("packet/heading-missing", { heading }, end),
  );
