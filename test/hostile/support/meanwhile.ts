import type { World } from "../../../src/harness/world.ts";
import { HONEST, runTrial, when, type Field, type Trial } from "./field.ts";

/** An agent that leaves the host time to act before it does its work. */
export const WORKING: readonly object[] = [{ sleepMs: 700 }, HONEST];

/** Another process of the owner, or of somebody else, at the same home; whoever opens it closes its ledger. */
export const elsewhere = (one: Field): Promise<World> => one.ground.open();

/** One run, and an act of the host from the moment on in which the agent has been started. */
export const meanwhile = async (one: Field, act: () => Promise<unknown>): Promise<Trial> => {
  let acting: Promise<unknown> | undefined;
  const ended = await runTrial(
    one,
    when("backend.started", () => {
      acting = act();
    }),
  );
  await acting;
  return ended;
};
