import { FAILURES, type Failure } from "../workflow/failure.ts";
import { wordsOf, type Refusal } from "../workflow/refusal.ts";
import { visible } from "../workflow/visible-text.ts";
import { explained } from "./command-in.ts";

/** A table of cells: columns as wide as their widest cell, the last one free. */
export const table = (rows: readonly (readonly string[])[]): string => {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? "").length)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0)))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
};

/** What a command was about, as its answer names it. */
export interface Named {
  readonly work?: unknown;
  readonly run?: unknown;
}

/** A next step with the ids that are known in their places: what is told is what is typed. */
export const filledIn = (next: string, { work, run }: Named): string => {
  const withWork = typeof work === "string" ? next.replaceAll(/\bWORK-ID\b/g, work) : next;
  return typeof run === "string" ? withWork.replaceAll(/\bRUN\b/g, run) : withWork;
};

/** Refusals as people read them: kind, code, sentence; then the next step of each, once. */
export const showRefusals = (refusals: readonly Refusal[], spared: string | undefined, named: Named = {}): string => {
  const rows = refusals.map((refusal) => ["refused ", refusal.code, placed(refusal) + visible(wordsOf(refusal).says)]);
  const steps = new Set(refusals.map((refusal) => visible(filledIn(wordsOf(refusal).next, named))));
  return [
    table(rows),
    ...(spared === undefined ? [] : [spared]),
    ...[...steps].map((next) => `next      ${next}`),
    ...explained(refusals[0]?.code ?? "", [...steps]),
  ].join("\n");
};

const placed = ({ at }: Refusal): string => (at === undefined ? "" : `${visible(at.file)}:${at.line}:${at.column} `);

export const showFailure = (failure: Failure): string =>
  [
    `failed    ${failure.code}  ${visible(failure.message)}`,
    `next      ${FAILURES[failure.code]}`,
    ...explained(failure.code, [FAILURES[failure.code]]),
    `may be retried: ${failure.retry ? "yes" : "no"}`,
  ].join("\n");

export const jsonFailure = (failure: Failure): { readonly [key: string]: unknown } => ({
  code: failure.code,
  message: failure.message,
  next: FAILURES[failure.code],
  retry: failure.retry,
});

/** `0.3s`, `12.4s`, `3m 20s`. */
export const duration = (ms: number): string => {
  const seconds = ms / 1000;
  return seconds < 60 ? `${seconds.toFixed(1)}s` : `${Math.floor(seconds / 60)}m ${Math.round(seconds % 60)}s`;
};

export const short = (digest: string): string => digest.slice(0, 8);
