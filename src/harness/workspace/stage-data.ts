import type { ConfinedStage, StageDescription } from "../../seams/sandbox.ts";
import type { RunEvent } from "../../workflow/run-events.ts";

/** What `sandbox.started` tells of a stage. */
export const stageData = (stage: StageDescription): RunEvent["data"] => ({
  purpose: stage.purpose,
  confinement: stage.confinement,
  uid: stage.uid,
  argsSha256: stage.argsSha256,
  seccompSha256: stage.seccompSha256,
  network: "none",
  writableParents: [...stage.writableParents],
  pins: stage.pins.length,
  masks: [...stage.masks],
  outerArgsSha256: stage.outer?.argsSha256,
  scriptSha256: stage.outer?.scriptSha256,
});

/** The hosts of a stage, where it has any. */
export const openHosts = (hosts: readonly string[] | undefined): { readonly hosts?: readonly string[] } =>
  hosts === undefined ? {} : { hosts: [...hosts] };

/** What is read of a stage's files is read before they are gone; the stage ends whether or not it could be. */
export const closingAfter = async <T>(stage: ConfinedStage, reading: Promise<T>): Promise<T> => {
  try {
    return await reading;
  } finally {
    await stage.close();
  }
};
