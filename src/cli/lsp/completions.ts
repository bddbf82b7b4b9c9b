import { CompletionItemKind, type CompletionList, type Position } from "vscode-languageserver-protocol";

import { FORBIDDEN_ACTIONS, MACHINE_CRITERIA, REQUIRED_EVIDENCE } from "../../workflow/vocabulary.ts";
import type { LspGround } from "./lsp-ground.ts";

interface Offer {
  readonly text: string;
  readonly kind: CompletionItemKind;
}

/** What may stand at a place of a packet: real paths of the target, and the closed words of each list. */
export const completionsAt = async (text: string, position: Position, ground: LspGround): Promise<CompletionList> => {
  const lines = text.split("\n");
  const line = (lines[position.line] ?? "").replace(/\r$/, "");
  const start = /^- (?:(?:Target Repository|Admission source): )?/.exec(line)?.[0].length;
  if (start === undefined || position.character < start) return { isIncomplete: false, items: [] };
  const offers = await offersFor(line.slice(0, start), headOf(lines, position.line), text, ground);
  const typed = line.slice(start, position.character).replaceAll("`", "").toLowerCase();
  const met = offers.filter((offer) => offer.text.toLowerCase().includes(typed));
  const range = { start: { ...position, character: start }, end: { ...position, character: line.length } };
  return {
    isIncomplete: met.length > ITEMS_MAX,
    items: met.slice(0, ITEMS_MAX).map((offer) => ({
      label: offer.text.replaceAll("`", ""),
      kind: offer.kind,
      filterText: line.slice(start, position.character) === "" ? offer.text : line.slice(start, position.character),
      textEdit: { range, newText: offer.text },
    })),
  };
};

const ITEMS_MAX = 500;

const offersFor = async (before: string, head: string, text: string, ground: LspGround): Promise<readonly Offer[]> => {
  if (before === "- Target Repository: ") return filesOf(await ground.targets());
  if (before === "- Admission source: ") return filesOf(await ground.admissions());
  if (head === "Allowed paths:") return pathsOf(text, ground);
  return WORDS.get(head) ?? [];
};

/** The lists whose words are closed. */
const WORDS: ReadonlyMap<string, readonly Offer[]> = new Map<string, readonly Offer[]>([
  ["Forbidden actions:", FORBIDDEN_ACTIONS.map((text) => ({ text, kind: CompletionItemKind.EnumMember }))],
  ["Success criteria:", [...MACHINE_CRITERIA.keys()].map((text) => ({ text, kind: CompletionItemKind.Text }))],
  [
    "## Evidence Required After Execution",
    REQUIRED_EVIDENCE.map((name) => ({
      text: name.includes(".") ? `\`${name}\`` : name,
      kind: CompletionItemKind.EnumMember,
    })),
  ],
]);

const pathsOf = async (text: string, ground: LspGround): Promise<readonly Offer[]> => {
  const committed = await ground.committedFor(text);
  if (committed === "unknown") return [];
  return [...committed.entries].flatMap(([path, kind]): readonly Offer[] => {
    if (kind === "file") return [{ text: `\`${path}\``, kind: CompletionItemKind.File }];
    return kind === "folder" ? [{ text: `\`${path}/\``, kind: CompletionItemKind.Folder }] : [];
  });
};

const filesOf = (paths: readonly string[]): readonly Offer[] =>
  paths.map((path) => ({ text: `\`${path}\``, kind: CompletionItemKind.File }));

/** The label or heading that the items above a line belong to. */
const headOf = (lines: readonly string[], from: number): string => {
  for (let at = from - 1; at >= 0; at -= 1) {
    const line = (lines[at] ?? "").trimEnd();
    if (line !== "" && !line.startsWith("- ")) return line;
  }
  return "";
};
