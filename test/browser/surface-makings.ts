import { decideOutcome } from "../../src/harness/outcome/decide-outcome.ts";
import { sentenceFor } from "../../src/harness/outcome/outcome-ground.ts";
import type { World } from "../../src/harness/world.ts";
import type { RunId } from "../../src/workflow/ids.ts";
import type { PacketFields } from "../../src/workflow/packet/write-packet.ts";
import type { Refusal } from "../../src/workflow/refusal.ts";
import { refusalsOf, type Result } from "../../src/workflow/result.ts";
import type { ShownState } from "../../src/workflow/state-words.ts";
import type { Standing } from "../journeys/breaking.ts";
import { UNITTEST_STEPS } from "../journeys/ended.ts";
import { endOf, runOnce, type Ground } from "../journeys/ground.ts";

/** One work item of the home, with a target of its own, admitted and approved as far as its state asks. */
export interface Item {
  readonly ground: Ground;
  readonly world: World;
  /** Its first run, whether there is one or not. */
  readonly run: RunId;
  readonly fields: PacketFields;
  /** The switches of its backend. */
  readonly environment: Readonly<Record<string, string>>;
  /** Keeps a run that stands still as long as somebody looks. */
  readonly stands: (standing: Standing) => void;
}

/** What a page may have to show: a state, and where one has several faces each of them. */
export type ShownCase =
  | "awaiting_outcome"
  | "candidate"
  | "not-admitted"
  | "blocked"
  | "suspended"
  | "approved"
  | "stale"
  | "expired"
  | "withdrawn"
  | "executing"
  | "queued"
  | "stopping"
  | "stopped"
  | "voided(policy)"
  | "voided(validation)"
  | "voided(confinement)"
  | "voided(no-change)"
  | "failed"
  | "broken-off"
  | "interrupted"
  | "accepted"
  | "rejected"
  | "rolled_back"
  | "rollback_failed"
  | "tampered";

export interface Making {
  readonly state: ShownState;
  readonly title: string;
  /** How far the work item is brought before `make`. */
  readonly prepared: "listed" | "packet" | "admitted" | "approved";
  readonly make: (item: Item) => Promise<void>;
}

export const ends =
  (ending: string, steps: readonly object[] = UNITTEST_STEPS, over: (world: World) => World = (world) => world) =>
  async ({ ground, world }: Item): Promise<void> => {
    await ground.plays(steps);
    const ended = endOf(await runOnce(over(world), ground));
    if (ended[0] !== ending) throw new Error(`${ground.work} ended as ${ended.join(", ")}`);
  };

export const decided = async (item: Item, outcome: "accepted" | "rejected"): Promise<void> => {
  await ends("awaiting_outcome")(item);
  const { world, run, ground } = item;
  const row = await world.store.run(run);
  const words = row === "absent" ? undefined : sentenceFor(row);
  const order = { run, outcome, reason: outcome === "rejected" ? "not wanted now" : "", acknowledged: [] } as const;
  const given = { words: outcome === "accepted" ? new TextEncoder().encode(words) : undefined, key: ground.key };
  done(await decideOutcome(world, { ...order, ...given }));
};

export const done = <T>(result: Result<T, Refusal>): void => {
  const codes = refusalsOf(result).map(({ code }) => code);
  if (codes.length > 0) throw new Error(`refused: ${codes.join(", ")}`);
};

export const nothing = async (): Promise<void> => undefined;
