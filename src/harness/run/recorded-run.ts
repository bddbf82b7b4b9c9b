import { parseDigest } from "../../workflow/digest.ts";
import { parseEvent } from "../../workflow/event-chain.ts";
import type { Permit } from "../../workflow/gate/permit.ts";
import type { RunId } from "../../workflow/ids.ts";
import { jsonText } from "../../workflow/json-text.ts";
import type { GateOutput } from "../gate/open-gate.ts";
import type { World } from "../world.ts";
import { recordedOutput } from "./step.ts";
import type { StepName } from "./steps.ts";

/** What a finished step of a run left in the ledger, which no bundle can change; undefined where it did not finish. */
export const recordedStep = async <T>(world: World, run: RunId, name: StepName): Promise<T | undefined> => {
  const facts = (await world.store.facts(run)).map(parseEvent);
  const done = facts.find(({ type, subject }) => type === "step.finished" && subject === `step/${name}`);
  const digest = parseDigest(jsonText(done?.data["outputSha256"]));
  return digest === undefined ? undefined : recordedOutput<T>(world.store, name, digest);
};

/** The permit that a run had. It is spent: what it names may be looked at and undone, nothing is started by it. */
export const permitOf = async (world: World, run: RunId): Promise<Permit | undefined> => {
  const gate = await recordedStep<Pick<GateOutput, "result">>(world, run, "gate");
  return gate?.result.ok === true ? gate.result.value : undefined;
};
