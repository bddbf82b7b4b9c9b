import { keepTelling } from "../../harness/notices/tell-notices.ts";
import { serveOrders, type Served, type WorkerNews } from "../../harness/orders/serve-orders.ts";
import { timeText } from "../../workflow/instant.ts";
import { LIMITS } from "../../workflow/limits.ts";
import { visible } from "../../workflow/visible-text.ts";
import type { Act } from "../command.ts";
import { EXIT } from "../exit-code.ts";
import { jsonLine } from "../json-line.ts";
import { closing } from "../leave.ts";
import { readSwitchesFile, type Environment } from "../switches-file.ts";
import { noticeTeller } from "../tell-notices.ts";
import { usageError } from "../usage-error.ts";

interface WorkerFlags {
  readonly concurrency?: number;
  readonly once: boolean;
  readonly switches?: readonly string[];
  readonly drain?: number;
  readonly jsonl: boolean;
}

/** `cto worker`: performs the runs that are ordered, until it is told to end; by the switches of its own environment. */
export const act: Act<WorkerFlags, []> = async (context, flags) => {
  const { concurrency = 1, once, jsonl } = flags;
  if (concurrency < 1 || concurrency > LIMITS.workerRunsMax)
    return usageError(`--concurrency takes 1 to ${LIMITS.workerRunsMax}`, "cto worker --help");
  const environments: Environment[] = [];
  for (const file of flags.switches ?? []) {
    const read = await readSwitchesFile({ cwd: context.cwd, env: context.process.env }, file);
    if ("no" in read) return read.no;
    environments.push(read.environment);
  }
  if (environments.length === 0) environments.push(context.process.env);

  const stopping = new AbortController();
  const forget = context.onStop(() => stopping.abort());
  const notices = await context.openWorld(flags.home, "write", "without-switches");
  const telling = keepTelling(notices, noticeTeller(context, flags));
  const tell = (news: WorkerNews): void => {
    if (jsonl) context.process.stdout.write(jsonLine({ at: timeText(notices.clock.wallMs()), ...news }));
    else if (!flags.quiet && !flags.json) context.process.stderr.write(`${wordsOf(news)}\n`);
  };
  const serve = async (environment: Environment): Promise<Served> => {
    const world = await context.openWorld(flags.home, "write", environment);
    try {
      const until = once ? "idle" : "stopped";
      return await serveOrders(world, {
        concurrency,
        until,
        stop: stopping.signal,
        drainMs: flags.drain ?? DRAIN_MS,
        tell,
      });
    } finally {
      // One that may not go on takes the others of this process with it.
      if (!once) stopping.abort();
      await closing(world.store.close());
    }
  };
  try {
    const ended = await Promise.allSettled(environments.map(serve));
    const broken = ended.find((one) => one.status === "rejected");
    if (broken !== undefined) throw broken.reason;
    const served = ended.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
    const sum = (of: (one: Served) => number): number => served.reduce((all, one) => all + of(one), 0);
    const [workers, claimed, done, givenBack] = [
      served.map(({ worker }) => worker),
      sum((one) => one.claimed),
      sum((one) => one.done),
      sum((one) => one.givenBack),
    ];
    return {
      noun: "worker",
      exit: EXIT.done,
      data: { workers, claimed, done, givenBack },
      text: jsonl ? "" : `ended     ${workers.join(", ")}  ${done} of ${claimed} performed, ${givenBack} given back`,
    };
  } finally {
    forget();
    await telling.close();
    await closing(notices.store.close());
  }
};

// As long as systemd waits by our unit before it kills.
const DRAIN_MS = 15 * 60_000;

const wordsOf = (news: WorkerNews): string => {
  switch (news.kind) {
    case "serves": {
      const { confinement, backends, targets } = news.offers;
      return [
        `serves    ${news.worker}  ${news.concurrency} at a time. Ctrl-C drains it`,
        `          confinement ${confinement}; backends ${backends.join(", ") || "none"}; targets ${targets.map(visible).join(", ") || "none, for no switch of its environment opens one"}`,
      ].join("\n");
    }
    case "begins":
      return `begins    ${news.order.run}  of ${news.order.work}`;
    case "ended":
      return `ended     ${news.run}  ${news.ending}`;
    case "drains":
      return "drains    nothing more is taken; what runs may end";
    case "trouble":
      return `trouble   ${news.run === undefined ? "" : `${news.run}  `}${visible(news.says)}`;
  }
};
