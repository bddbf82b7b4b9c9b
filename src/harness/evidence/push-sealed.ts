import { Failure } from "../../workflow/failure.ts";
import type { RunId } from "../../workflow/ids.ts";
import type { World } from "../world.ts";

/** Brings a bundle that was just sealed to the bucket, where there is one. Sealed it is without it: cto archive push goes on. */
export const pushSealed = async ({ archive: { bucket } }: World, run: RunId): Promise<void> => {
  if (bucket === "none") return;
  try {
    await bucket.push(run);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
  }
};
