import { visible } from "../../workflow/visible-text.ts";
import { table } from "../show.ts";
import type { CaseRow } from "./suite.ts";

/** The whole result for people: every case on a line, what did not hold below, and the sum in the end. */
export const tableOf = (rows: readonly CaseRow[]): string => {
  const head = ["case", "attack", "expected", "got", "by what"];
  const lines = rows.map(({ id, attack, expected, got, by, verdict }) =>
    [id, attack, expected, `${verdict === "held" ? "" : `${verdict}: `}${got}`, by].map((cell, at) =>
      cut(visible(cell), WIDTHS[at] ?? 80),
    ),
  );
  const explained = rows
    .filter(({ says }) => says.length > 0)
    .map(({ id, verdict, says }) => `${verdict}  ${id}: ${says.map(visible).join("; ")}`);
  return [table([head, ...lines]), ...explained, sumOf(rows)].join("\n");
};

export const sumOf = (rows: readonly Pick<CaseRow, "verdict">[]): string => {
  const count = (verdict: CaseRow["verdict"]): number => rows.filter((row) => row.verdict === verdict).length;
  return `${count("held")} held, ${count("ESCAPED")} escaped, ${count("not run")} not run`;
};

const WIDTHS = [40, 72, 44, 60, 24];

const cut = (text: string, width: number): string => (text.length <= width ? text : `${text.slice(0, width - 3)}...`);
