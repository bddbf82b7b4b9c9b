import { setTimeout as wait } from "node:timers/promises";

import type { Served } from "../../harness/home/served.ts";
import { keepTelling, type Noticing } from "../../harness/notices/tell-notices.ts";
import { withoutSwitches } from "../../harness/reading/without-switches.ts";
import type { World } from "../../harness/world.ts";
import { Failure } from "../../workflow/failure.ts";
import type { Answer } from "../answer.ts";
import type { Act } from "../command.ts";
import type { CliContext, CommonFlags } from "../context.ts";
import { EXIT } from "../exit-code.ts";
import { print } from "../run-command.ts";
import { noticeTeller } from "../tell-notices.ts";
import { findings } from "./doctor.ts";

/** `cto serve`: the Control Surface over one home, until it is told to end. Its answer is printed when it is ready. */
export const act: Act<{ readonly port?: number; readonly readOnly: boolean }, []> = async (context, flags) => {
  const world = await context.openWorld(flags.home, "read", "without-switches");
  let noticing: Noticing | undefined;
  try {
    const tell = (line: string): void => context.process.stderr.write(`bug       ${line}\n`);
    const openToWrite = flags.readOnly
      ? ("read-only" as const)
      : () => context.openWorld(flags.home, "write", "without-switches");
    const examine = () => findings(withoutGates(context), { ...flags, quiet: true }, () => true);
    if (!flags.readOnly) noticing = await noticesOf(context, flags);
    const served = await context.serve({ world, openToWrite, examine, port: flags.port ?? PORT, tell });
    if (!served.ok)
      return { noun: "serve", exit: EXIT.refused, data: {}, text: "", refusals: served.refusals, spared: SPARED };
    const stopped = stopOf(context);
    const answer = answerOf(served.value, process.pid, flags.readOnly);
    print(context, flags, answer);
    try {
      await Promise.race([stopped, untilMoved(world)]);
    } finally {
      await served.value.close();
    }
    return answer;
  } finally {
    await noticing?.close();
    await world.store.close();
  }
};

/** Tells everybody for as long as the server is there, over a ledger of its own that is open for writing. */
const noticesOf = async (context: CliContext, flags: CommonFlags): Promise<Noticing> => {
  const world = await context.openWorld(flags.home, "write", "without-switches");
  const noticing = keepTelling(world, noticeTeller(context, { ...flags, json: false }));
  return {
    close: async () => {
      await noticing.close();
      await world.store.close();
    },
  };
};

const withoutGates = (context: CliContext): CliContext => ({
  ...context,
  process: { ...context.process, env: withoutSwitches(context.process.env) },
});

const PORT = 4049;
const SPARED = "Nothing listens.";

/** Rejects when the home's ledger goes on elsewhere: what is shown from here would grow old. One that cannot be read now is asked again. */
const untilMoved = async ({ store }: World): Promise<never> => {
  for (;;) {
    await wait(MOVED_LOOK_MS, undefined, { ref: false });
    try {
      await store.mustBeHere();
    } catch (error) {
      if (!(error instanceof Failure) || error.code === "store/moved") throw error;
    }
  }
};

const MOVED_LOOK_MS = 1_000;

const stopOf = ({ onStop }: CliContext): Promise<void> =>
  new Promise((resolve) => {
    const forget = onStop(() => {
      forget();
      resolve();
    });
  });

const answerOf = ({ url, port, manual }: Served, pid: number, readOnly: boolean): Answer => ({
  noun: "serve",
  exit: EXIT.done,
  data: { url, port, readOnly, pid },
  text: url,
  story: `serving   for this machine alone. Whoever has the address may read${readOnly ? "" : ", withdraw, stop, replay, roll back, and bring what its owner signed"}. Ctrl-C ends it.${manual === "none" ? "" : `\nmanual    ${manual}`}`,
  isTold: true,
});
