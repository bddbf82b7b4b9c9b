import { refusal, wordsOf, type Place, type Refusal, type RefusalCode } from "../refusal.ts";
import type { Packet, SourceDocument } from "./packet.ts";
import { readPacket } from "./read-packet.ts";

export interface Diagnostic {
  readonly severity: "error" | "warning";
  readonly code: RefusalCode;
  readonly at: Place;
  readonly says: string;
  readonly next: string;
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
}

/** Every finding of one packet, errors and warnings, in the order of the lines (R025). A lint that passes grants nothing. */
export const lintPacket = (source: SourceDocument, context: LintContext): readonly Diagnostic[] => {
  const read = readPacket(source, context.today);
  const errors = read.ok ? objectionsToPacket(read.value.packet, context) : read.refusals;
  const warnings = read.ok ? [...read.value.warnings, ...sourceMissing(read.value.packet, context)] : [];
  const found = [
    ...errors.map((refused) => diagnosticOf("error", refused, source)),
    ...warnings.map((warning) => diagnosticOf("warning", warning, source)),
  ];
  return found.toSorted(({ at: a }, { at: b }) => a.line - b.line || a.column - b.column);
};

/** What is wrong with a packet beside the others of its home and under its policy. */
const objectionsToPacket = (
  packet: Packet,
  { baseForbiddenPaths, otherPacketOf }: Pick<LintContext, "baseForbiddenPaths" | "otherPacketOf">,
): readonly Refusal[] => {
  const at = packet.forbiddenPaths[0]?.at ?? packet.title.at;
  const removed = baseForbiddenPaths.filter((path) => !packet.forbiddenPaths.some(({ value }) => value === path));
  const other = otherPacketOf(packet);
  return [
    ...removed.map((path) => refusal("packet/forbidden-path-removed", { path }, at)),
    ...(other === undefined ? [] : [refusal("packet/id-taken", { work: packet.work.value, other }, packet.work.at)]),
  ];
};

const sourceMissing = ({ frontmatter }: Packet, { holds }: LintContext): readonly Refusal[] => {
  const { value, at } = frontmatter.source;
  return holds(value) ? [] : [refusal("packet/source-missing", { value }, at)];
};

const diagnosticOf = (severity: Diagnostic["severity"], found: Refusal, { path }: SourceDocument): Diagnostic => ({
  severity,
  code: found.code,
  at: found.at ?? { file: path, line: 1, column: 1 },
  ...wordsOf(found),
});
