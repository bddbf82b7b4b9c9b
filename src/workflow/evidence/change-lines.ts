import type { Criterion } from "../contract/contract.ts";
import type { EventLine } from "./event-line.ts";
import { patchedFiles, type LineRange } from "./patch-hunks.ts";
import type { RunRecord } from "./run-record.ts";

/** R118: changed lines -> the rule that permits them, the criteria that name the file, the events that touched it. */
export interface ChangedLines {
  readonly path: string;
  readonly patchLine: number;
  readonly binary: boolean;
  readonly ranges: readonly LineRange[];
  readonly allowedBy: string | null;
  readonly packetLine: number | null;
  readonly criteria: readonly string[];
  readonly events: readonly number[];
}

export const changedLines = (
  { contract, changes }: Pick<RunRecord, "contract" | "changes">,
  patch: Uint8Array,
  events: readonly EventLine[],
): readonly ChangedLines[] =>
  patchedFiles(patch).map(({ path, line, binary, ranges }) => {
    const judged = changes.find((change) => change.path === path && change.verdict === "allowed");
    return {
      path,
      patchLine: line,
      binary,
      ranges,
      allowedBy: judged?.rule ?? null,
      packetLine: judged?.packetLine ?? null,
      criteria:
        contract === "not-drawn" ? [] : contract.successCriteria.filter((one) => names(one, path)).map(({ id }) => id),
      events: events.filter((event) => touches(event, path)).map(({ sequence }) => sequence),
    };
  });

const names = ({ text }: Criterion, path: string): boolean => text.includes(`\`${path}\``);

const touches = (event: EventLine, path: string): boolean => {
  if (event.subject === `path/${path}`) return true;
  const { path: one, paths, files } = event.data;
  if (one === path || (Array.isArray(paths) && paths.includes(path))) return true;
  return Array.isArray(files) && files.some((file) => isPathRow(file) && file.path === path);
};

const isPathRow = (value: unknown): value is { readonly path: unknown } =>
  typeof value === "object" && value !== null && "path" in value;
