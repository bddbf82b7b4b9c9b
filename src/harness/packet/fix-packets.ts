import { asJson } from "../../workflow/as-json.ts";
import { contractChanges } from "../../workflow/contract/contract-changes.ts";
import { drawContract } from "../../workflow/contract/draw-contract.ts";
import { digestOf, isJsonObject, type Json } from "../../workflow/digest.ts";
import { applyFixes, fixesOf, type Fix } from "../../workflow/packet/fix-packet.ts";
import { lintPacket, type Diagnostic, type LintContext } from "../../workflow/packet/lint-packet.ts";
import type { SourceDocument } from "../../workflow/packet/packet.ts";
import { readPacket } from "../../workflow/packet/read-packet.ts";
import { utf8Text } from "../../workflow/strict-json.ts";

/** A packet with everything mended that can be mended without judgement, and what that was; nothing of it is written yet. */
export interface Fixed {
  readonly source: SourceDocument;
  readonly made: readonly Pick<Fix, "code" | "title">[];
}

const ROUNDS_MAX = 8;

/** One finding can hide another, so it is linted again after each round. */
export const fixPacket = (source: SourceDocument, context: LintContext): Fixed => {
  const text = utf8Text(source.bytes);
  if (text === undefined) return { source, made: [] };
  let fixed: Fixed = { source, made: [] };
  let now = text;
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    const diagnostics = lintPacket(fixed.source, context);
    const fixes = fixesOf(now, diagnostics);
    if (fixes.length === 0) break;
    now = applyFixes(now, fixes);
    const next = sourceOf(source.path, now);
    if (errorsIn(lintPacket(next, context)) > errorsIn(diagnostics)) break;
    fixed = { source: next, made: [...fixed.made, ...fixes.map(({ code, title }) => ({ code, title }))] };
  }
  return widens(source, fixed.source, context.today) ? { source, made: [] } : fixed;
};

const sourceOf = (path: string, text: string): SourceDocument => {
  const bytes = new TextEncoder().encode(text);
  return { path, bytes, digest: digestOf(bytes) };
};

const errorsIn = (diagnostics: readonly Diagnostic[]): number =>
  diagnostics.filter(({ severity }) => severity === "error").length;

// A second lock beside the list of fixes: what was a contract before gives no more leave afterwards.
const widens = (before: SourceDocument, after: SourceDocument, today: string): boolean => {
  const told = contractIn(before, today);
  if (told === undefined) return false;
  const now = contractIn(after, today);
  return now === undefined || contractChanges(told, now).some((change) => change.class === "widens");
};

const contractIn = (source: SourceDocument, today: string): Readonly<Record<string, Json>> | undefined => {
  const read = readPacket(source, today);
  const drawn = read.ok ? drawContract(read.value.packet) : read;
  const told = drawn.ok ? asJson(drawn.value) : undefined;
  return told !== undefined && isJsonObject(told) ? told : undefined;
};
