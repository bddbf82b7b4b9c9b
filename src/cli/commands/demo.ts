import { mkdtemp, readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

import { visible } from "../../workflow/visible-text.ts";
import type { Act } from "../command.ts";
import { openDemoGround } from "../demo/ground.ts";
import { removeGround } from "../demo/remove-ground.ts";
import { SCENARIOS } from "../demo/sample.ts";
import { playStory, type DemoStep } from "../demo/story.ts";
import { EXIT } from "../exit-code.ts";
import { duration } from "../show.ts";
import { usageError } from "../usage-error.ts";

interface Flags {
  readonly scenario: string;
  readonly dir?: string;
  readonly keep: boolean;
}

/** `cto demo`: the whole story on a target that it makes itself, offline, through the same commands as a real run. */
export const act: Act<Flags, []> = async (context, flags) => {
  const scenario = SCENARIOS.find((known) => known === flags.scenario);
  if (scenario === undefined)
    return usageError(`there is no scenario ${visible(flags.scenario)}`, `cto demo --scenario ${SCENARIOS.join("|")}`);
  const isTemporary = flags.dir === undefined;
  const folder =
    flags.dir === undefined ? await mkdtemp(path.join(tmpdir(), "cto-demo-")) : path.resolve(context.cwd, flags.dir);
  if (!isTemporary && (await isTaken(folder)))
    return usageError(`${visible(folder)} is not empty; the demo wants a fresh folder`, "cto demo --dir ANOTHER");
  const isKept = !isTemporary || flags.keep;
  const tell = (step: DemoStep): void => {
    if (!flags.quiet && !flags.json) context.process.stderr.write(`${line(step)}\n`);
  };
  const ground = await openDemoGround(folder, scenario, context);
  try {
    const { steps, decisive, run } = await playStory(ground, scenario, tell);
    const asExpected = steps.every((step) => step.asExpected);
    const look = isKept
      ? [`evidence  ${ground.home}/.cto/runs/${run}`, `look      cto show ${run} --home ${ground.home}`]
      : ["next      cto demo --dir DIR keeps everything to look at"];
    return {
      noun: "demo",
      exit: asExpected ? EXIT.done : EXIT.bug,
      data: {
        home: ground.home,
        target: ground.target,
        scenario,
        steps,
        run,
        decisive: { command: decisive.command, exit: decisive.exit },
        kept: isKept,
      },
      text: [
        `${scenario} ${asExpected ? "ended as it should" : "did NOT end as it should"}; decisive: ${decisive.command}, exit ${decisive.exit}`,
        ...look,
      ].join("\n"),
    };
  } finally {
    await ground.world.store.close();
    if (!isKept) await removeGround(folder);
  }
};

const line = ({ name, command, exit, says, ms, asExpected }: DemoStep): string =>
  `${asExpected ? "ok   " : "WRONG"}  ${name.padEnd(12)} ${visible(command.replace(/ \/\S+/, ""))} (exit ${exit})  ${duration(ms)}\n       ${visible(says)}`;

const isTaken = async (folder: string): Promise<boolean> => {
  try {
    return (await readdir(folder)).length > 0;
  } catch {
    return false;
  }
};
