import { refusal, type Refusal } from "../refusal.ts";
import { REQUIRED_EVIDENCE } from "../vocabulary.ts";
import { placeWithin } from "./line.ts";
import type { Placed } from "./packet.ts";
import { repeated } from "./path-lists.ts";
import { leadingItems, linesOfSection } from "./section-lines.ts";
import type { Section } from "./sections.ts";

interface EvidenceSection {
  readonly evidence: readonly Placed<string>[];
  readonly prose: readonly Placed<string>[];
}

/** The eleven kinds of evidence, and what the packet adds (R035). */
export const readEvidence = (section: Section, objections: Refusal[]): EvidenceSection => {
  const { items, rest } = leadingItems(section);
  const { prose } = linesOfSection(rest, [], objections);
  const evidence = items.map(nameIn);
  const missing = REQUIRED_EVIDENCE.filter((item) => !evidence.some(({ value }) => value === item));
  const unreadable = evidence.filter(({ value }) => !/^[A-Za-z0-9][A-Za-z0-9 ._/-]{0,127}$/.test(value));
  objections.push(
    ...missing.map((item) => refusal("packet/evidence-missing", { item }, section.at)),
    ...unreadable.map(({ value, at }) =>
      refusal("packet/item-form", { item: value, form: "a `FILE` or plain words" }, at),
    ),
    ...repeated(evidence),
  );
  return { evidence, prose };
};

const nameIn = (item: Placed<string>): Placed<string> => {
  const file = /^`([^`]+)`$/.exec(item.value)?.[1];
  return file === undefined ? item : { value: file, at: placeWithin(item.at, item.value, 1) };
};
