import type { SuiteResult } from "./suite.ts";
import { sumOf } from "./table.ts";

/** The result of one suite as an artifact: what held of how many cases, when, where and with which build. */
export const resultOf = ({ rows, machine, confinement }: SuiteResult, of: number): object => ({
  schema: "cto/hostile-result/v1",
  ...machine,
  confinement,
  sum: sumOf(rows),
  of,
  cases: rows,
});
