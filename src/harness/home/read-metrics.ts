import { LIMITS } from "../../workflow/limits.ts";
import type { Metric, Sample } from "../../workflow/open-metrics.ts";
import { openRuns } from "../reading/read-runs.ts";
import type { World } from "../world.ts";

/** Numbers of this home and this process, and no name of anything in it: whoever may scrape need not be one who may read. */
export const readMetrics = async (world: World): Promise<readonly Metric[]> => {
  const { store, host, build } = world;
  const ended = [...(await store.countRuns())].filter(([state]) => state !== "open");
  const queue = await world.engine.queue();
  const { checkpoint } = await store.head();
  const { rss } = process.memoryUsage();
  const { user, system } = process.cpuUsage();
  return [
    gauge(
      "cto_runs",
      "Runs that have ended, by the state that they show.",
      ended.map(([state, value]) => of({ state }, value)),
    ),
    gauge("cto_open_runs", "Runs that have not ended, by the state that they show.", counted(await openRuns(world))),
    gauge(
      "cto_orders",
      "Orders of the engine that run or wait.",
      counted(queue.map(({ status }) => ({ state: status }))),
    ),
    gauge("cto_work_items", "Work items by what the ledger says of them.", counted(await store.works())),
    counter("cto_ledger_records", "Records of the ledger.", checkpoint.size),
    gauge(
      "cto_notice_deliveries",
      "Deliveries of notices; dead ones are tried no more.",
      Object.entries(await store.deliveries()).map(([state, value]) => of({ state }, value)),
    ),
    {
      ...gauge("cto_disk_free_bytes", "Space left where the home's state lies.", [{ value: await host.diskFree() }]),
      unit: "bytes",
    },
    { ...gauge("process_resident_memory_bytes", "Memory of this process.", [{ value: rss }]), unit: "bytes" },
    { ...counter("process_cpu_seconds", "Processor time of this process.", (user + system) / 1e6), unit: "seconds" },
    { name: "cto_build", type: "info", help: "What answers.", samples: [of({ version: build.version }, 1)] },
  ];
};

/** Whether a home can do its work now, each part by itself. */
export interface Readiness {
  readonly ready: boolean;
  readonly checks: readonly {
    readonly id: "ledger" | "orders" | "disk" | "keys";
    readonly ok: boolean;
    readonly says: string;
  }[];
}

export const readReadiness = async (world: World): Promise<Readiness> => {
  const checks = [
    await tried("ledger", async () => `${(await world.store.head()).checkpoint.size} records`),
    await tried("orders", async () => `${(await world.engine.queue()).length} that run or wait`),
    await tried("disk", async () => {
      const free = await world.host.diskFree();
      if (free < LIMITS.readyDiskBytesMin) throw new Error(`only ${free} bytes are free`);
      return `${free} bytes are free`;
    }),
    await tried("keys", async () => (await world.ownKeys.publicKey("harness")).fingerprint),
  ];
  return { ready: checks.every(({ ok }) => ok), checks };
};

const tried = async (
  id: Readiness["checks"][number]["id"],
  look: () => Promise<string>,
): Promise<Readiness["checks"][number]> => {
  try {
    return { id, ok: true, says: await look() };
  } catch (error) {
    return { id, ok: false, says: error instanceof Error ? error.message : String(error) };
  }
};

const of = (labels: Readonly<Record<string, string>>, value: number): Sample => ({ labels, value });

const gauge = (name: string, help: string, samples: readonly Sample[]): Metric => ({
  name,
  type: "gauge",
  help,
  samples,
});

const counter = (name: string, help: string, value: number): Metric => ({
  name,
  type: "counter",
  help,
  samples: [{ value }],
});

const counted = (rows: readonly { readonly state: string }[]): readonly Sample[] =>
  [...Map.groupBy(rows, ({ state }) => state)].map(([state, { length }]) => of({ state }, length));
