import { refusal, wordsOf, type Place, type Refusal, type RefusalCode } from "../refusal.ts";
import { absentPaths, throughLinks, type CommittedPaths } from "./committed-paths.ts";
import type { Packet, SourceDocument } from "./packet.ts";
import { readPacket } from "./read-packet.ts";

export interface Diagnostic {
  readonly severity: "error" | "warning";
  readonly code: RefusalCode;
  readonly at: Place;
  readonly says: string;
  readonly next: string;
  /** What the words speak of, by name. */
  readonly facts: Refusal["facts"];
}

/** What a reader of the packet alone cannot know. */
export interface LintContext {
  /** YYYY-MM-DD. */
  readonly today: string;
  /** Whether the home holds a document of this path. */
  readonly holds: (path: string) => boolean;
  /** The forbidden paths that policy.yaml demands of every packet. */
  readonly baseForbiddenPaths: readonly string[];
  /** The path of another packet for the same work item. */
  readonly otherPacketOf: (packet: Packet) => string | undefined;
  /** The path of the repository that an Admission record of the home is of. */
  readonly admittedBy: (record: string) => string | undefined;
  /** What the branch of a target holds; "unknown" where it cannot be looked at, or is not to be. */
  readonly committedAt: (target: string) => CommittedPaths | "unknown";
}

/** Every finding of one packet, errors and warnings, in the order of the lines (R025). A lint that passes grants nothing. */
export const lintPacket = (source: SourceDocument, context: LintContext): readonly Diagnostic[] => {
  const read = readPacket(source, context.today);
  const errors = read.ok ? objectionsToPacket(read.value.packet, context) : read.refusals;
  const warnings = read.ok ? [...read.value.warnings, ...doubtsAbout(read.value.packet, context)] : [];
  const found = [
    ...errors.map((refused) => diagnosticOf("error", refused, source)),
    ...warnings.map((warning) => diagnosticOf("warning", warning, source)),
  ];
  return found.toSorted(({ at: a }, { at: b }) => a.line - b.line || a.column - b.column);
};

/** What is wrong with a packet beside the others of its home, under its policy and on its target. */
const objectionsToPacket = (
  packet: Packet,
  { baseForbiddenPaths, otherPacketOf, admittedBy, committedAt }: LintContext,
): readonly Refusal[] => {
  const { work, target } = packet;
  const at = packet.forbiddenPaths[0]?.at ?? packet.title.at;
  const removed = baseForbiddenPaths.filter((path) => !packet.forbiddenPaths.some(({ value }) => value === path));
  const other = otherPacketOf(packet);
  const record = target.admissionSource.value;
  const found = admittedBy(record) ?? target.path.value;
  const committed = committedAt(target.path.value);
  return [
    ...removed.map((path) => refusal("packet/forbidden-path-removed", { path }, at)),
    ...(other === undefined ? [] : [refusal("packet/id-taken", { work: work.value, other }, work.at)]),
    ...(found === target.path.value
      ? []
      : [refusal("packet/target-disagrees", { record, found, target: target.path.value }, target.admissionSource.at)]),
    ...(committed === "unknown" ? [] : throughLinks(packet, committed)),
  ];
};

/** What its author should look at again; it stops nothing. */
const doubtsAbout = (packet: Packet, { holds, committedAt }: LintContext): readonly Refusal[] => {
  const { value, at } = packet.frontmatter.source;
  const committed = committedAt(packet.target.path.value);
  return [
    ...(holds(value) ? [] : [refusal("packet/source-missing", { value }, at)]),
    ...(committed === "unknown" ? [] : absentPaths(packet, committed)),
  ];
};

/** A refusal as a finding; without a place of its own it stands at the beginning. */
export const diagnosticOf = (
  severity: Diagnostic["severity"],
  found: Refusal,
  { path }: SourceDocument,
): Diagnostic => ({
  severity,
  code: found.code,
  at: found.at ?? { file: path, line: 1, column: 1 },
  ...wordsOf(found),
  facts: found.facts,
});
