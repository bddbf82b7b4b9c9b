import { refusal, type Refusal } from "../refusal.ts";
import { BACKEND_KINDS, BACKEND_NAMES, type BackendKind } from "../vocabulary.ts";
import { choiceLine, gateItems, gateLine, gateVariables } from "./fixed-words.ts";
import { placeWithin } from "./line.ts";
import type { Packet, Placed } from "./packet.ts";
import { repeated } from "./path-lists.ts";
import { beginning, exactly, linesOfSection, objectionsToStray, type LineRule } from "./section-lines.ts";
import type { Section } from "./sections.ts";

interface GateSection {
  readonly backend?: Placed<BackendKind>;
  readonly gate?: Packet["gate"];
  readonly prose: readonly Placed<string>[];
}

const START = "Execution must use only the CTO Harness ";

/** One backend, one stage, the four variables that follow from both, and what the backend must not choose (R034). */
export const readGate = (section: Section, objections: Refusal[]): GateSection => {
  const backend = backendIn(section, objections);
  const kind = backend?.value;
  const rules: readonly (readonly ["seam" | "choice", LineRule])[] = [
    ["seam", beginning(START, gateLine(kind ?? "case"))],
    ["choice", kind === undefined ? { ...exactly(choiceLine("case")), is: isChoice } : exactly(choiceLine(kind))],
  ];
  const { blocks, prose } = linesOfSection(section, rules, objections);
  const items = blocks.get("seam")?.items ?? [];
  objections.push(...objectionsToStray({ items: blocks.get("choice")?.items ?? [], fences: [] }, section.heading));
  for (const { fences } of blocks.values())
    objections.push(...objectionsToStray({ items: [], fences }, section.heading));
  if (backend === undefined) return { prose };

  const stage = stageIn(items, backend.value, section, objections);
  if (stage === undefined) return { backend, prose };
  const expected = gateItems(backend.value, stage.value);
  const missing = expected.filter((item) => !items.some(({ value }) => value === item));
  const unknown = items.filter(({ value }) => !expected.includes(value));
  objections.push(
    ...missing.map((item) => refusal("packet/gate-variables", { expected: item }, section.at)),
    ...unknown.map(({ value, at }) => refusal("packet/item-unknown", { item: value, section: section.heading }, at)),
    ...repeated(items),
  );
  return { backend, gate: { backend, stage }, prose };
};

const isChoice = (text: string): boolean => text.includes(" must not choose ");

const backendIn = ({ blocks }: Section, objections: Refusal[]): Placed<BackendKind> | undefined => {
  const lead = blocks.find((block) => block.lead?.value.startsWith(START) === true)?.lead;
  if (lead === undefined) return undefined;
  const name = /^Execution must use only the CTO Harness (.+) seam with:$/.exec(lead.value)?.[1];
  const kind = BACKEND_KINDS.find((kind) => BACKEND_NAMES[kind] === name);
  const at = placeWithin(lead.at, lead.value, START.length);
  if (kind === undefined) {
    objections.push(refusal("packet/gate-backend", { name: name ?? lead.value.slice(START.length) }, at));
    return undefined;
  }
  return { value: kind, at };
};

const stageIn = (
  items: readonly Placed<string>[],
  backend: BackendKind,
  section: Section,
  objections: Refusal[],
): Placed<number> | undefined => {
  const start = `\`${gateVariables(backend, 0).stage}=`;
  const item = items.find(({ value }) => value.startsWith(start));
  if (item === undefined) {
    objections.push(refusal("packet/gate-variables", { expected: `${start}STAGE\`` }, section.at));
    return undefined;
  }
  const written = item.value.slice(start.length).replace(/`$/, "");
  const at = placeWithin(item.at, item.value, start.length);
  if (/^[0-5]$/.test(written)) return { value: Number(written), at };
  objections.push(refusal("packet/gate-stage", { value: written }, at));
  return undefined;
};
