import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

import { visible } from "../../workflow/visible-text.ts";
import { playDemo, type DemoStep } from "../demo/story.ts";
import { SCENARIOS } from "../demo/sample.ts";
import type { Act } from "../command.ts";
import { EXIT } from "../exit-code.ts";
import { duration } from "../show.ts";
import { usageError } from "../usage-error.ts";

interface Flags {
  readonly scenario: string;
  readonly dir?: string;
  readonly keep: boolean;
}

/** `cto demo`: the whole story on a target that it makes itself, offline, through the same line as a real run. */
export const act: Act<Flags, []> = async (context, flags) => {
  const scenario = SCENARIOS.find((known) => known === flags.scenario);
  if (scenario === undefined) return usageError(`there is no scenario ${visible(flags.scenario)}`, `cto demo --scenario ${SCENARIOS.join("|")}`);
  const isTemporary = flags.dir === undefined;
  const folder = flags.dir === undefined ? await mkdtemp(path.join(tmpdir(), "cto-demo-")) : path.resolve(context.cwd, flags.dir);
  if (!isTemporary && (await isTaken(folder))) return usageError(`${visible(folder)} is not empty; the demo wants a fresh folder`, "cto demo --dir ANOTHER");
  const tell = (step: DemoStep): void => {
    if (!flags.quiet && !flags.json) context.process.stderr.write(`${line(step)}\n`);
  };
  const isKept = !isTemporary || flags.keep;
  try {
    const end = await playDemo(folder, scenario, tell);
    const asExpected = end.steps.every((step) => step.asExpected);
    const look = isKept
      ? [`evidence  ${end.home}/.cto/runs/${end.run ?? ""}`, `look      cto show ${end.run ?? ""} --home ${end.home}`]
      : ["next      cto demo --dir DIR keeps everything to look at"];
    const says = asExpected ? `${scenario} ended as it should` : `${scenario} did NOT end as it should`;
    return {
      noun: "demo",
      exit: asExpected ? end.decisive : EXIT.bug,
      data: { ...end, scenario, kept: isKept },
      text: [`${says}; the decisive command exits ${end.decisive}`, ...look].join("\n"),
    };
  } finally {
    if (!isKept) await rm(folder, { recursive: true, force: true });
  }
};

const line = ({ name, says, ms, asExpected }: DemoStep): string => `${asExpected ? "ok" : "WRONG"}  ${name.padEnd(12)} ${visible(says)}  ${duration(ms)}`;

const isTaken = async (folder: string): Promise<boolean> => {
  try {
    return (await readdir(folder)).length > 0;
  } catch {
    return false;
  }
};
