import { serveOrders, type WorkerNews } from "../../harness/serve-orders.ts";
import { keepTelling } from "../../harness/tell-notices.ts";
import { LIMITS } from "../../workflow/limits.ts";
import { visible } from "../../workflow/visible-text.ts";
import type { Act } from "../command.ts";
import { EXIT } from "../exit-code.ts";
import { jsonLine } from "../json-line.ts";
import { noticeTeller } from "../tell-notices.ts";
import { usageError } from "../usage-error.ts";

interface WorkerFlags {
  readonly concurrency?: number;
  readonly once: boolean;
  readonly drain?: number;
  readonly jsonl: boolean;
}

/** `cto worker`: performs the runs that are ordered, until it is told to end; by the switches of its own environment. */
export const act: Act<WorkerFlags, []> = async (context, flags) => {
  const { concurrency = 1, once, jsonl } = flags;
  if (concurrency < 1 || concurrency > LIMITS.workerRunsMax)
    return usageError(`--concurrency takes 1 to ${LIMITS.workerRunsMax}`, "cto worker --help");
  const world = await context.openWorld(flags.home, "write");
  const stopping = new AbortController();
  const forget = context.onStop(() => stopping.abort());
  const notices = await context.openWorld(flags.home, "write", "without-switches");
  const telling = keepTelling(notices, noticeTeller(context, flags));
  const tell = (news: WorkerNews): void => {
    if (jsonl) context.process.stdout.write(jsonLine({ at: new Date(world.clock.wallMs()).toISOString(), ...news }));
    else if (!flags.quiet && !flags.json) context.process.stderr.write(`${wordsOf(news)}\n`);
  };
  try {
    const served = await serveOrders(world, {
      concurrency,
      until: once ? "idle" : "stopped",
      stop: stopping.signal,
      drainMs: flags.drain ?? DRAIN_MS,
      tell,
    });
    const { worker, claimed, done, givenBack } = served;
    return {
      noun: "worker",
      exit: EXIT.done,
      data: { worker, claimed, done, givenBack },
      text: jsonl ? "" : `ended     ${worker}  ${done} of ${claimed} performed, ${givenBack} given back`,
    };
  } finally {
    forget();
    await telling.close();
    await notices.store.close();
    await world.store.close();
  }
};

// As long as systemd waits by our unit before it kills.
const DRAIN_MS = 15 * 60_000;

const wordsOf = (news: WorkerNews): string => {
  switch (news.kind) {
    case "serves": {
      const { confinement, backends, targets } = news.offers;
      return [
        `serves    ${news.worker}  site ${visible(news.site)}, ${news.concurrency} at a time. Ctrl-C drains it`,
        `          confinement ${confinement}; backends ${backends.join(", ") || "none"}; targets ${targets.map(visible).join(", ") || "none"}`,
      ].join("\n");
    }
    case "begins":
      return `begins    ${news.order.run}  of ${news.order.work}`;
    case "ended":
      return `ended     ${news.run}  ${news.ending}`;
    case "drains":
      return "drains    nothing more is taken; what runs may end";
    case "trouble":
      return `trouble   ${visible(news.says)}`;
  }
};
