import type { RunId } from "../../workflow/ids.ts";
import { OUTCOME_NAMESPACE } from "../../workflow/outcome/outcome-record.ts";
import type { Refusal } from "../../workflow/refusal.ts";
import type { Result } from "../../workflow/result.ts";
import type { World } from "../world.ts";
import { prepareOutcome } from "./prepare-outcome.ts";
import { recordOutcome, type Decided } from "./record-outcome.ts";

export interface OutcomeOrder {
  readonly run: RunId;
  readonly outcome: "accepted" | "rejected";
  readonly reason: string;
  readonly acknowledged: readonly string[];
  /** The words, for accepting. */
  readonly words: Uint8Array | undefined;
  readonly key: string;
}

/** The command line's way: what is decided, the signature of the owner's own ssh-keygen, and the record of it. */
export const decideOutcome = async (
  world: World,
  { key, ...said }: OutcomeOrder,
): Promise<Result<Decided, Refusal>> => {
  const prepared = await prepareOutcome(world, { ...said, notes: "implied" });
  if (!prepared.ok) return prepared;
  const signature = await world.keys.askHumanToSign(prepared.value.bytes, OUTCOME_NAMESPACE, key);
  return signature.ok ? recordOutcome(world, prepared.value.bytes, () => signature) : signature;
};
