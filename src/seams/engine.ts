import type { ConfinementLevel } from "../workflow/authority.ts";
import type { RunId, WorkId } from "../workflow/ids.ts";

/**
 * Gives each order to one worker, and to another if that one dies (engine.md 1). It has no wait: a person is a row of the
 * store. Its memory may be lost: the ledger says which runs are open, and they are ordered again.
 */
export interface Engine {
  /** Durable when it settles; idempotent on kind and run. One that failed or was cancelled is queued again. */
  start(order: RunOrder): Promise<void>;
  /** A queued order never begins; a running one has its `signal` aborted within a second. */
  cancel(run: RunId, kind: OrderKind): Promise<void>;
  status(run: RunId, kind: OrderKind): Promise<OrderStatus>;
  /** Every order that runs or waits, the running ones first, the others as they are taken. */
  queue(): Promise<readonly QueuedOrder[]>;
  /** Whoever serves, and whoever died within a day without taking leave, by name. For display: nothing rests on it. */
  workers(): Promise<readonly SeenWorker[]>;
  /** Serves until drained: at most `concurrency` orders here, one order per target across all workers. */
  work(perform: Perform, concurrency: number, how?: Serve): Promise<Worker>;
  close(): Promise<void>;
}

/**
 * Settles when the order needs nobody any more. Failure `store/fenced` or `engine/liveness-lost` ends the worker; after
 * another one that may be tried again the order waits; after anything else it has failed.
 */
export type Perform = (order: RunOrder, run: EngineRun) => Promise<void>;

export type OrderKind = "execute" | "finalize" | "rollback";
export const ORDER_STATUSES = ["unknown", "queued", "running", "done", "failed", "cancelled"] as const;
export type OrderStatus = (typeof ORDER_STATUSES)[number];

/** Ids only: whoever performs it reads the rest from the ledger. */
export interface RunOrder {
  readonly run: RunId;
  readonly kind: OrderKind;
  readonly work: WorkId;
  /** As the admission names it: no two orders of one target run at a time. */
  readonly target: string;
  /** What a worker has to be able to open: only workers that serve it take the order. */
  readonly site: string;
  /** 0 goes first; within one priority owners take turns, then the targets of an owner; of one target the oldest goes first. */
  readonly priority: number;
  /** Whose contract it is, as the packet named him when the run was ordered; empty where nobody knew. */
  readonly owner: string;
}

/** How many orders run at once, over all workers. */
export interface OrderLimits {
  readonly atOnce: number;
  readonly atOncePerOwner: number;
}

export interface QueuedOrder extends RunOrder {
  readonly status: "queued" | "running";
  /** Who has it; absent while it waits. */
  readonly worker?: string;
}

export interface Serve {
  /** Takes the orders of this run alone. */
  readonly only?: RunId;
  /** As they are now; asked at each look. Left out, there are none. */
  readonly limits?: () => OrderLimits;
  /** What is shown of it; it takes no part in who gets which order. */
  readonly offers?: Offers;
}

/** What a worker can run, by its own word when it started. */
export interface Offers {
  readonly confinement: ConfinementLevel;
  /** The kinds that policy.yaml puts something behind. */
  readonly backends: readonly string[];
  /** Admitted targets whose gate its environment may open and whose repository is there, by their ids. */
  readonly targets: readonly string[];
}

/** A worker as others see it. Its name and what it says are anybody's words who may write there: show them escaped. */
export interface SeenWorker {
  readonly id: string;
  readonly host: string;
  readonly concurrency: number;
  readonly only?: RunId;
  /** Absent where it offers nothing beyond its one run. */
  readonly offers?: Offers;
  /** `silent`: alive, and not heard for so long that its orders are given to others; `gone`: its end is proven. */
  readonly state: "serves" | "drains" | "silent" | "gone";
  /** When it was heard last: wall clock of whatever keeps the orders, in milliseconds. */
  readonly heardAt: number;
}

export interface EngineRun {
  /** May remember what `act` returned, and is never relied on to. An act may run twice and must not matter twice. */
  step<T extends StepOutput>(name: string, act: () => Promise<T>): Promise<T>;
  /**
   * Aborts within a second of a cancel, with an AbortError. Aborts with a Failure where another worker goes on with the
   * order: `engine/given-back` at the end of a drain, `engine/liveness-lost` where this worker counts as dead.
   */
  readonly signal: AbortSignal;
  /** Who performs it. */
  readonly worker: string;
}

/** What an engine may remember of a step: never more than a digest, a word or a number. */
export type StepOutput = string | number | boolean | null;

export interface Worker {
  readonly id: string;
  /** Takes nothing new, waits, aborts what still runs after `withinMs` and gives it back. */
  drain(withinMs: number): Promise<{ readonly finished: number; readonly givenBack: number }>;
  /** Rejects with Failure `engine/liveness-lost` or `store/fenced`; the process exits 4 and writes nothing more. */
  readonly lost: Promise<never>;
  /** Settles when nothing waits that this worker could take, and nothing runs here. */
  idle(): Promise<void>;
}
