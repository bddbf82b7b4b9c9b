import path from "node:path";

import { HOSTILE_PATH, keepHostile } from "../../harness/home/kept-hostile.ts";
import type { World } from "../../harness/world.ts";
import { visible } from "../../workflow/visible-text.ts";
import type { Answer } from "../answer.ts";
import type { CliContext, CommonFlags } from "../context.ts";
import { EXIT } from "../exit-code.ts";
import { duration } from "../show.ts";
import { usageError } from "../usage-error.ts";
import { worldOrNone } from "../with-world.ts";
import { readCases } from "./read-cases.ts";
import { resultOf } from "./result-file.ts";
import { runSuite, type CaseRow } from "./suite.ts";
import { tableOf } from "./table.ts";

/** `cto doctor --hostile`: every hostile case on this machine, against this very program; each has a home of its own. */
export const doctorHostile = async (
  context: CliContext,
  flags: CommonFlags,
  only: readonly string[] | undefined,
): Promise<Answer> => {
  const all = await readCases();
  const cases = all.filter(
    ({ file }) => only === undefined || only.some((id) => file.startsWith(`${id}/`) || nameOf(file).startsWith(id)),
  );
  if (cases.length === 0)
    return usageError(`no hostile case begins with ${(only ?? []).map(visible).join(" or ")}`, "cto doctor --hostile");
  const stop = new AbortController();
  const stopListening = context.onStop(() => stop.abort());
  try {
    const result = await runSuite(cases, (row) => tell(context, flags, row), stop.signal);
    const artifact = resultOf(result, all.length);
    const kept = await keepInHome(context, flags, artifact);
    const allHeld = result.rows.every(({ verdict }) => verdict === "held");
    return {
      noun: "hostile",
      exit: stop.signal.aborted ? EXIT.stopped : allHeld ? EXIT.done : EXIT.refused,
      data: { result: artifact, kept: kept ?? null },
      text: `${kept === undefined ? "" : `kept in ${visible(kept)}\n`}${tableOf(result.rows)}`,
    };
  } finally {
    stopListening();
  }
};

const nameOf = (file: string): string => file.slice(file.indexOf("/") + 1);

const tell = ({ process: { stderr } }: CliContext, { quiet, json }: CommonFlags, row: CaseRow): void => {
  if (quiet || json) return;
  stderr.write(`${row.verdict.padEnd(8)}${row.id}  ${duration(row.ms)}\n`);
};

/** The last result stands in the home, where pages can show it; without a home it is only told. */
const keepInHome = async (context: CliContext, flags: CommonFlags, artifact: object): Promise<string | undefined> => {
  const world: World | undefined = await worldOrNone(context, flags, "read");
  if (world === undefined) return undefined;
  try {
    await keepHostile(world, artifact);
    return path.join(world.home.folder, HOSTILE_PATH);
  } finally {
    await world.store.close();
  }
};
