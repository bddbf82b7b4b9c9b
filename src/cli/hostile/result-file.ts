import { rename, writeFile } from "node:fs/promises";
import path from "node:path";

import type { SuiteResult } from "./suite.ts";
import { sumOf } from "./table.ts";

/** The result of one suite as an artifact: what held, when, where and with which build. */
export const resultOf = ({ rows, machine, confinement }: SuiteResult): object => ({
  schema: "cto/hostile-result/v1",
  ...machine,
  confinement,
  sum: sumOf(rows),
  cases: rows,
});

/** Where a home keeps its last result; a page that shows it reads this file. */
export const keepResult = async (stateFolder: string, result: object): Promise<string> => {
  const place = path.join(stateFolder, "hostile.json");
  await writeFile(`${place}.new`, `${JSON.stringify(result, null, 2)}\n`, { mode: 0o600 });
  await rename(`${place}.new`, place);
  return place;
};
