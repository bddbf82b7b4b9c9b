import type { WorkId } from "../ids.ts";
import { BASE_FORBIDDEN_PATHS, FORBIDDEN_ACTIONS, REQUIRED_EVIDENCE, type BackendKind } from "../vocabulary.ts";
import {
  approvalLine,
  BANNER,
  candidateLine,
  choiceLine,
  CONSEQUENCE,
  gateItems,
  gateLine,
  noticeLine,
  rollbackItems,
  SENTENCE_END,
  sentenceStart,
  statusLine,
} from "./fixed-words.ts";
import { readFlatLine } from "./frontmatter.ts";
import { separateStatements } from "./statements.ts";

/** What differs from packet to packet; all else is the same in every one. */
export interface PacketFields {
  /** Lower kebab, `cto-…-approval-packet`; the file is the same in capitals with `.md`. */
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly status: "draft" | "proposed" | "validated" | "superseded" | "retired";
  readonly owner: string;
  /** Path of the work-item list, relative to the home. */
  readonly source: string;
  /** YYYY-MM-DD, as is `lastReviewed`. */
  readonly created: string;
  readonly lastReviewed: string;
  readonly work: WorkId;
  readonly target: string;
  readonly admissionSource: string;
  readonly admissionStatus: string;
  readonly risk: string;
  readonly branch: string;
  readonly task: string;
  readonly label: string;
  readonly allowedPaths: readonly string[];
  /** Beside the base eight. */
  readonly extraForbiddenPaths: readonly string[];
  /** `name:port` each; left out, the packet asks for no network. */
  readonly allowedHosts?: readonly string[];
  readonly criteria: readonly string[];
  readonly validation: readonly string[];
  readonly backend: BackendKind;
  readonly stage: number;
}

/** The Markdown of a packet in the seed's form. It judges nothing: read it back before you rely on it. */
export const writePacket = (fields: PacketFields): string =>
  separateStatements(
    [
      ...frontmatterLines(fields),
      `# ${fields.title}`,
      BANNER,
      ...under("## Status", statusLine(fields.status), candidateLine(fields.work, fields.owner)),
      ...under("## Proposed Target Repository", ...targetLines(fields)),
      ...under("## Proposed Task Contract", ...taskLines(fields)),
      ...under("## Required Approval", ...approvalLines(fields)),
      ...under("## Execution Gate", ...gateLines(fields)),
      ...under("## Evidence Required After Execution", ...REQUIRED_EVIDENCE.map(evidenceItem)),
      ...under("## Non-Authority Notice", noticeLine(fields.backend, fields.owner)),
    ].join("\n"),
  );

/** The path of a packet's file in its home. */
export const packetPath = (name: string): string => `.sot/03-PROTOCOLS/${name.toUpperCase()}.md`;

/** The ten keys of a local planning document that nobody promoted (R010, R011). */
export const frontmatterLines = (
  fields: Pick<PacketFields, "name" | "status" | "owner" | "source" | "created" | "lastReviewed" | "description">,
): readonly string[] => [
  "---",
  flatLine("name", fields.name),
  "tier: local",
  flatLine("status", fields.status),
  flatLine("owner", fields.owner),
  flatLine("source", fields.source),
  flatLine("created", fields.created),
  flatLine("last_reviewed", fields.lastReviewed),
  "lifecycle_classification: planning",
  "core_promotion_status: not-promoted",
  flatLine("description", fields.description),
  "---",
];

// Quoted only where YAML would read the plain words as something else.
const flatLine = (key: string, value: string): string => {
  const forms = [`${key}: ${value}`, `${key}: "${value}"`, `${key}: '${value}'`];
  const readsBack = (form: string): boolean => {
    const entry = readFlatLine(form);
    return "value" in entry && entry.value === value;
  };
  return forms.find(readsBack) ?? `${key}: ${value}`;
};

const targetLines = (fields: PacketFields): readonly string[] => [
  `- Target Repository: \`${fields.target}\``,
  `- Admission source: \`${fields.admissionSource}\``,
  `- Admission status: \`${fields.admissionStatus}\``,
  `- Repository owner: \`${fields.owner}\``,
  `- Risk classification: \`${fields.risk}\``,
  `- Current observed state: clean \`${fields.branch}\` branch before approval packet creation`,
];

const taskLines = (fields: PacketFields): readonly string[] => [
  `Task: ${fields.task}`,
  ...under("Allowed paths:", ...fields.allowedPaths.map(codeItem)),
  ...under("Forbidden actions:", ...FORBIDDEN_ACTIONS.map(item)),
  ...under("Forbidden paths:", ...BASE_FORBIDDEN_PATHS.map(codeItem), ...fields.extraForbiddenPaths.map(codeItem)),
  ...(fields.allowedHosts === undefined ? [] : under("Allowed network hosts:", ...fields.allowedHosts.map(codeItem))),
  ...under("Success criteria:", ...fields.criteria.map(item)),
  ...under("Validation command:", "```bash", fields.validation.join(" "), "```"),
  ...under("Rollback expectation:", ...rollbackItems(fields.owner).map(item)),
];

const approvalLines = ({ owner, work, target, label }: PacketFields): readonly string[] => [
  approvalLine(owner),
  "```text",
  `${sentenceStart(work, target)}${label}${SENTENCE_END}`,
  "```",
  CONSEQUENCE,
];

const gateLines = ({ backend, stage }: PacketFields): readonly string[] => [
  gateLine(backend),
  ...gateItems(backend, stage).map(item),
  choiceLine(backend),
];

const under = (head: string, ...lines: readonly string[]): readonly string[] => [head, ...lines];

const item = (text: string): string => `- ${text}`;
const codeItem = (text: string): string => `- \`${text}\``;

// Files are inline code, the other kinds of evidence plain words.
const evidenceItem = (name: string): string => (name.includes(".") ? codeItem(name) : item(name));
