import type Database from "better-sqlite3";
import { z } from "zod";

import type { OrderLimits, OrderStatus, QueuedOrder, RunOrder } from "../../seams/engine.ts";
import { ORDER_STATUSES } from "../../seams/engine.ts";
import type { Holder } from "../../seams/store.ts";
import { Failure } from "../../workflow/failure.ts";
import { parseRunId, workId, type RunId } from "../../workflow/ids.ts";
import { inTurn, type Turns } from "./in-turn.ts";
import { orderId } from "./order-id.ts";
import { readHolder } from "./read-holder.ts";

/** Who asks for orders: a worker of one process, for its sites. */
export interface Claimant {
  readonly worker: string;
  readonly sites: readonly string[];
  readonly holder: Holder;
  readonly limits: OrderLimits;
}

/** An order that was taken; `claim` is its fence here: a later claim of the same order has a higher one. */
export interface Claimed {
  readonly order: RunOrder;
  readonly claim: number;
}

export interface Lease {
  readonly id: string;
  readonly worker: string;
  readonly holder: Holder;
  readonly isOver: boolean;
}

/** What is done with the rows, each in one transaction that holds the write lock from its beginning. */
export interface OrderRows {
  start(order: RunOrder): void;
  cancel(id: string): OrderStatus;
  status(id: string): OrderStatus;
  queue(): readonly QueuedOrder[];
  /** The order whose turn it is, of those that wait and whose target runs nothing. */
  claim(by: Claimant, leaseUntil: number, now: number, only: RunId | "any"): Claimed | "none";
  /** Lengthens what this worker holds; answers which of these it does not hold any more, and which are cancelled. */
  renew(
    worker: string,
    leaseUntil: number,
  ): { readonly held: ReadonlyMap<string, number>; readonly cancelled: ReadonlySet<string> };
  running(now: number): readonly Lease[];
  /** Takes an order from its worker, unless somebody did so meanwhile. */
  release(id: string, worker: string): boolean;
  /** How an order ended here; one that was taken over meanwhile stays as it is. */
  settle(id: string, worker: string, claim: number, as: Settled): boolean;
}

export type Settled =
  | { readonly status: "done" | "failed" | "cancelled" }
  | { readonly status: "queued"; readonly notBefore: number };

/** After so many claims an order has failed: something ends every process that performs it. The ledger bounds steps before. */
const CLAIMS_MAX = 12;

/** No order waits longer before it is tried again. */
const WAIT_MAX_MS = 60_000;

export const orderRows = (database: Database.Database): OrderRows => {
  const find = database.prepare<[string]>("select * from orders where id = ?");
  const add = database.prepare(
    `insert into orders select @id, @run, @kind, @work, @target, @site, @priority, coalesce(max(no), 0) + 1,
       'queued', 0, 0, null, null, null, 0, @owner from orders where true on conflict (id) do nothing`,
  );
  const requeue = database.prepare(
    "update orders set status = 'queued', not_before = 0, claims = 0, cancelled = 0 where id = ? and status in ('failed', 'cancelled')",
  );
  const cancelQueued = database.prepare("update orders set status = 'cancelled' where id = ? and status = 'queued'");
  const cancelRunning = database.prepare("update orders set cancelled = 1 where id = ? and status = 'running'");
  const listed = database.prepare(
    "select * from orders where status in ('running', 'queued') order by status = 'queued', no",
  );
  // Of each owner and target the oldest that may be taken. A time that lies further ahead than anybody waits was written
  // before the machine started anew.
  const candidates = database.prepare(
    `select id, owner, target, priority, min(no) as no from orders as o
     where status = 'queued' and (run = @run or (@run is null and site in (select value from json_each(@sites))))
       and (not_before <= @now or not_before > @now + ${WAIT_MAX_MS})
       and not exists (select 1 from orders as other where other.target = o.target and other.status = 'running')
     group by priority, owner, target order by no`,
  );
  const lastTurns = database.prepare("select what, name, no from turns");
  const keepTurn = database.prepare(
    `insert into turns select @what, @name, coalesce(max(no), 0) + 1 from turns where true
     on conflict (what, name) do update set no = excluded.no`,
  );
  const take = database.prepare(
    `update orders set status = 'running', worker = @worker, holder = @holder, lease_until = @leaseUntil,
       claims = claims + 1 where id = @id`,
  );
  const lengthen = database.prepare("update orders set lease_until = ? where worker = ? and status = 'running'");
  const ofWorker = database.prepare<[string]>("select * from orders where worker = ? and status = 'running'");
  const allRunning = database.prepare("select * from orders where status = 'running'");
  const free = database.prepare<[string, string]>(
    `update orders set status = case when claims >= ${CLAIMS_MAX} then 'failed' else 'queued' end, worker = null,
       holder = null, lease_until = null where id = ? and worker = ? and status = 'running'`,
  );
  const settle = database.prepare(
    `update orders set status = @status, not_before = @notBefore, worker = null, holder = null, lease_until = null
       where id = @id and worker = @worker and claims = @claim and status = 'running'`,
  );
  const readTurns = (): Turns => {
    const all = lastTurns.all().map(readTurn);
    const of = (kind: Turn["what"]): ReadonlyMap<string, number> =>
      new Map(all.filter(({ what }) => what === kind).map(({ name, no }) => [name, no]));
    return { owners: of("owner"), targets: of("target") };
  };
  const alone = <T>(act: () => T): T => database.transaction(act).immediate();

  return {
    start: (order) =>
      alone(() => {
        const id = orderId(order.run, order.kind);
        add.run({ ...order, id });
        requeue.run(id);
      }),
    cancel: (id) =>
      alone(() => {
        if (cancelQueued.run(id).changes === 1) return "cancelled";
        if (cancelRunning.run(id).changes === 1) return "running";
        return statusOf(find.get(id));
      }),
    status: (id) => statusOf(find.get(id)),
    queue: () => {
      const [running, waiting] = partition(listed.all().map(queuedOf));
      return [...running, ...inTurn(waiting, running, readTurns())];
    },
    claim: ({ worker, sites, holder, limits }, leaseUntil, now, only) =>
      alone(() => {
        const running = allRunning.all().map(believed);
        if (running.length >= limits.atOnce) return "none";
        const run = only === "any" ? null : only;
        const waiting = candidates.all({ sites: JSON.stringify(sites), run, now }).map(readCandidate);
        const [next] = inTurn(waiting, running, readTurns(), limits.atOncePerOwner).take(1);
        if (next === undefined) return "none";
        const { id, claims, ...found } = believed(find.get(next.id));
        for (const [what, name] of [
          ["owner", found.owner],
          ["target", found.target],
        ] as const)
          keepTurn.run({ what, name });
        take.run({ id, worker, holder: JSON.stringify(holder), leaseUntil });
        return { order: orderOf(found), claim: claims + 1 };
      }),
    renew: (worker, leaseUntil) =>
      alone(() => {
        lengthen.run(leaseUntil, worker);
        const rows = ofWorker.all(worker).map(believed);
        return {
          held: new Map(rows.map(({ id, claims }) => [id, claims])),
          cancelled: new Set(rows.filter(({ cancelled }) => cancelled === 1).map(({ id }) => id)),
        };
      }),
    running: (now) =>
      allRunning.all().map((row) => {
        const { id, worker, holder, lease_until: until } = believed(row);
        const held = holder === null ? undefined : readHolder(holder);
        if (worker === null || held === undefined) throw unreadable();
        return { id, worker, holder: held, isOver: until === null || until < now };
      }),
    release: (id, worker) => alone(() => free.run(id, worker).changes === 1),
    settle: (id, worker, claim, as) =>
      alone(() => {
        const notBefore = as.status === "queued" ? as.notBefore : 0;
        return settle.run({ id, worker, claim, status: as.status, notBefore }).changes === 1;
      }),
  };
};

const RowShape = z.object({
  id: z.string(),
  run: z.string(),
  kind: z.enum(["execute", "finalize", "rollback"]),
  work: z.string(),
  target: z.string(),
  site: z.string(),
  priority: z.int(),
  status: z.enum(ORDER_STATUSES),
  claims: z.int(),
  worker: z.string().nullable(),
  holder: z.string().nullable(),
  lease_until: z.int().nullable(),
  cancelled: z.int(),
  owner: z.string(),
});
type Row = z.infer<typeof RowShape>;

const unreadable = (cause?: unknown): Failure =>
  new Failure("engine/unavailable", "A row of the orders is not what this program writes.", { cause });

const believed = (row: unknown): Row => read(RowShape)(row);

const CandidateShape = z.object({ id: z.string(), owner: z.string(), target: z.string(), priority: z.int() });
const TurnShape = z.object({ what: z.enum(["owner", "target"]), name: z.string(), no: z.int() });
type Turn = z.infer<typeof TurnShape>;

const read =
  <T>(shape: z.ZodType<T>) =>
  (row: unknown): T => {
    const found = shape.safeParse(row);
    if (!found.success) throw unreadable(found.error);
    return found.data;
  };
const readCandidate = read(CandidateShape);
const readTurn = read(TurnShape);

const statusOf = (row: unknown): OrderStatus => (row === undefined ? "unknown" : believed(row).status);

const orderOf = ({ run, work, kind, target, site, priority, owner }: Omit<Row, "id" | "claims">): RunOrder => {
  const [runId, itsWork] = [parseRunId(run), workId(work)];
  if (runId === undefined || itsWork === undefined) throw unreadable();
  return { run: runId, kind, work: itsWork, target, site, priority, owner };
};

const queuedOf = (found: unknown): QueuedOrder => {
  const row = believed(found);
  return row.status === "running"
    ? { ...orderOf(row), status: "running", ...(row.worker === null ? {} : { worker: row.worker }) }
    : { ...orderOf(row), status: "queued" };
};

const partition = (orders: readonly QueuedOrder[]): readonly [readonly QueuedOrder[], readonly QueuedOrder[]] => [
  orders.filter(({ status }) => status === "running"),
  orders.filter(({ status }) => status === "queued"),
];
