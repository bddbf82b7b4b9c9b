import type { Contract } from "../../workflow/contract/contract.ts";
import type { Standing } from "../../workflow/gate/standing.ts";
import { AS_POLICY_ASKS, verifyFolder } from "../evidence/verify-folder.ts";
import { REVOKED_PATH, SIGNERS_PATH } from "../home/read-facts.ts";
import type { World } from "../world.ts";

/** Whether a sealed bundle of the same backend, one stage lower, is there and verifies now (R062). */
export const priorStageOf = async (world: World, { executionGate }: Contract): Promise<Standing["priorStage"]> => {
  const signers = await world.home.read(SIGNERS_PATH);
  const revoked = await world.home.read(REVOKED_PATH);
  for (const { run, ending } of await world.store.runs({})) {
    if (ending !== "awaiting_outcome") continue;
    const bundle = await world.archive.open({ run });
    const drawn = bundle === "absent" ? undefined : gateIn(bundle.files.get("approval/contract.json"));
    if (drawn?.backend !== executionGate.backend || drawn.stage !== executionGate.stage - 1) continue;
    if ((await verifyFolder(world, { run }, signers, revoked, AS_POLICY_ASKS)).verdict === "PASS") return "verified";
  }
  return "absent";
};

/** Backend and stage of a contract in a bundle; a reading, believed only once the bundle verifies. */
const gateIn = (bytes: Uint8Array | undefined): { readonly backend: unknown; readonly stage: unknown } | undefined => {
  if (bytes === undefined) return undefined;
  const contract: unknown = JSON.parse(new TextDecoder().decode(bytes));
  if (typeof contract !== "object" || contract === null || !("executionGate" in contract)) return undefined;
  const gate = contract.executionGate;
  if (typeof gate !== "object" || gate === null || !("backend" in gate) || !("stage" in gate)) return undefined;
  return { backend: gate.backend, stage: gate.stage };
};
