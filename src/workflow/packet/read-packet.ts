import { refusal, type Place, type Refusal } from "../refusal.ts";
import { ok, unless, type Result } from "../result.ts";
import { checkOf } from "../vocabulary.ts";
import { readApproval } from "./approval-section.ts";
import { readEvidence } from "./evidence-section.ts";
import { BANNER, noticeLine } from "./fixed-words.ts";
import { objectionsToValues, staleReview } from "./frontmatter-values.ts";
import { readFrontmatter, type Frontmatter } from "./frontmatter.ts";
import { readGate } from "./gate-section.ts";
import type { Line } from "./line.ts";
import { FRONTMATTER_KEYS, type Packet, type Placed, type ReadPacket, type SourceDocument } from "./packet.ts";
import { secretsIn } from "./secrets.ts";
import { objectionsToProse, objectionsToStray } from "./section-lines.ts";
import { sectionsOf, type Block, type Heading, type Section, type Sections } from "./sections.ts";
import { textOf } from "./source-text.ts";
import { statementsOf, type Statement } from "./statements.ts";
import { readStatus } from "./status-section.ts";
import { readTarget } from "./target-section.ts";
import { readTask } from "./task-section.ts";

const REFUSALS_MAX = 200;

/** Bytes -> Packet and warnings, or every refusal with line and column. `today` is YYYY-MM-DD. It grants nothing (R001). */
export const readPacket = (source: SourceDocument, today: string): Result<ReadPacket, Refusal> => {
  const text = textOf(source);
  if (!text.ok) return text;
  const { lines } = text.value;
  const frontmatter = readFrontmatter(lines, source.path);
  // Without its two marks nobody can say where the packet begins.
  if (frontmatter.body === undefined)
    return unless([...text.value.objections, ...frontmatter.objections], missingPacket);
  const { statements, objections: toStatements } = statementsOf(frontmatter.body);
  const sections = sectionsOf(statements, endOf(lines, source.path));
  const objections = [
    ...text.value.objections,
    ...frontmatter.objections,
    ...objectionsToValues(frontmatter.values, source.path, today),
    ...toStatements,
    ...sections.objections,
    ...otherSentences(statements),
    ...lines.flatMap(secretsIn),
  ];
  const owner = frontmatter.values.owner?.value ?? ownerNamedIn(statements);
  const packet = packetIn(source, { values: frontmatter.values, owner }, sections, objections);
  if (objections.length > 0) return unless(inOrder(objections), missingPacket);
  if (packet === undefined) return missingPacket();
  return ok({ packet, warnings: warningsOf(packet, today) });
};

const packetIn = (
  source: SourceDocument,
  { values, owner }: Pick<Frontmatter, "values"> & { readonly owner: string },
  { title, preamble, byHeading }: Sections,
  objections: Refusal[],
): Packet | undefined => {
  const section = (heading: Heading): Section =>
    byHeading.get(heading) ?? { heading, at: { file: source.path, line: 1, column: 1 }, blocks: [] };
  // A section that is not there is refused once, as a heading, and not again for every line it lacks.
  const faults = (heading: Heading): Refusal[] => (byHeading.has(heading) ? objections : []);

  const opening = title === undefined ? [] : readPreamble(title, preamble, objections);
  const status = readStatus(section("Status"), owner, values.status?.value, faults("Status"));
  const target = readTarget(section("Proposed Target Repository"), owner, faults("Proposed Target Repository"));
  const task = readTask(section("Proposed Task Contract"), owner, faults("Proposed Task Contract"));
  const named = { owner, work: status.work?.value, target: target.path };
  const approval = readApproval(section("Required Approval"), named, faults("Required Approval"));
  const gate = readGate(section("Execution Gate"), faults("Execution Gate"));
  const evidence = readEvidence(
    section("Evidence Required After Execution"),
    faults("Evidence Required After Execution"),
  );
  if (gate.backend !== undefined && byHeading.has("Non-Authority Notice")) {
    objections.push(...objectionsToNotice(section("Non-Authority Notice"), noticeLine(gate.backend.value, owner)));
  }
  const prose = [opening, ...[status, target, task, approval, gate, evidence].map(({ prose }) => prose)].flat();
  const complete = completeFrontmatter(values);
  if (!complete || !title || !status.work || !target.target || !task.fields) return undefined;
  if (!approval.sentence || approval.label === undefined || !gate.gate) return undefined;
  return {
    source,
    frontmatter: complete,
    title,
    work: status.work,
    target: target.target,
    ...task.fields,
    sentence: approval.sentence,
    label: approval.label,
    gate: gate.gate,
    evidence: evidence.evidence,
    prose,
  };
};

// Where the frontmatter names no owner, that is one fault, and not one more in every line that names one.
const ownerNamedIn = (statements: readonly Statement[]): string => {
  const lines = statements.flatMap((statement) => (statement.kind === "line" ? [statement.text] : []));
  const names = lines.flatMap((line) => /^Before execution, (\S+) must approve /.exec(line)?.[1] ?? []);
  return names[0]?.toLowerCase() ?? "owner";
};

// Outside its fence the sentence would make the reader believe that there are two.
const otherSentences = (statements: readonly Statement[]): readonly Refusal[] => {
  const fence = statements.find((statement) => statement.kind === "fence" && statement.language === "text");
  return statements.flatMap((statement) =>
    fence !== undefined && statement.kind !== "fence" && /^["'`]?I approve\b/i.test(statement.text)
      ? [refusal("packet/two-sentences", { line: fence.at.line + 1 }, statement.at)]
      : [],
  );
};

const completeFrontmatter = (values: Frontmatter["values"]): Packet["frontmatter"] | undefined => {
  const isComplete = (values: Frontmatter["values"]): values is Packet["frontmatter"] =>
    FRONTMATTER_KEYS.every((key) => values[key] !== undefined);
  return isComplete(values) ? values : undefined;
};

const readPreamble = (
  title: Placed<string>,
  [banner, ...others]: readonly Block[],
  objections: Refusal[],
): readonly Placed<string>[] => {
  if (banner?.lead?.value !== BANNER) {
    objections.push(refusal("packet/banner", { expected: BANNER }, banner?.lead?.at ?? title.at));
  }
  const blocks = banner === undefined ? others : [banner, ...others];
  objections.push(...blocks.flatMap((block) => objectionsToStray(block, title.value)));
  const prose = others.flatMap(({ lead }) => (lead === undefined ? [] : [lead]));
  objections.push(...prose.flatMap((line) => [...objectionsToProse(line, title.value)]));
  return prose;
};

const objectionsToNotice = ({ blocks, at }: Section, expected: string): readonly Refusal[] => {
  const [notice, ...others] = blocks;
  const isExact = notice?.lead?.value === expected && notice.items.length === 0 && notice.fences.length === 0;
  return isExact && others.length === 0 ? [] : [refusal("packet/notice", { expected }, notice?.lead?.at ?? at)];
};

const warningsOf = (packet: Packet, today: string): readonly Refusal[] => [
  ...staleReview(packet.frontmatter.last_reviewed, today),
  ...packet.criteria.flatMap(({ value, at }, index) =>
    checkOf(value) === "owner-judged" ? [refusal("packet/criterion-prose", { id: `C${index + 1}` }, at)] : [],
  ),
];

const inOrder = (objections: readonly Refusal[]): readonly Refusal[] => {
  const sorted = objections.toSorted(({ at: a }, { at: b }) =>
    a && b ? a.line - b.line || a.column - b.column : Number(b !== undefined) - Number(a !== undefined),
  );
  if (sorted.length <= REFUSALS_MAX) return sorted;
  const last = sorted[REFUSALS_MAX];
  const count = sorted.length - REFUSALS_MAX;
  return [...sorted.slice(0, REFUSALS_MAX), refusal("packet/more-refusals", { count }, last?.at)];
};

const endOf = (lines: readonly Line[], file: string): Place => lines.at(-1)?.at ?? { file, line: 1, column: 1 };

const missingPacket = (): never => {
  throw new TypeError("a packet without a fault has every field");
};
