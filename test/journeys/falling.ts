import type { World } from "../../src/harness/world.ts";
import type { StageOrder } from "../../src/seams/sandbox.ts";
import type { CanaryPass, CanaryVerdict } from "../../src/workflow/vocabulary.ts";
import type { CanaryRun } from "../../src/workflow/workspace/canary.ts";

/** Which canary pass comes to something else, and to what. */
export interface Fall {
  readonly purpose: StageOrder["purpose"];
  readonly pass: CanaryPass;
  readonly verdict: CanaryVerdict | "not-run";
}

/** The real sandbox, in which one canary of one pass comes to something else than it did. */
export const fallingIn = (world: World, { purpose, pass, verdict }: Fall): World => {
  const fallen = (run: CanaryRun): CanaryRun => {
    if (run === "not-run" || verdict === "not-run") return "not-run";
    const actual = { "call the host's 127.0.0.1": verdict === "broken" ? "ok" : "EIO" };
    return run.map((one) => (one.id === "network" ? { ...one, verdict, actual: { ...one.actual, ...actual } } : one));
  };
  const open: World["sandbox"]["open"] = async (order) => {
    const stage = await world.sandbox.open(order);
    const isMeant = (which: CanaryPass): boolean => order.purpose === purpose && which === pass;
    return {
      ...stage,
      canaries: async (which, ground) => {
        const run = await stage.canaries(which, ground);
        return isMeant(which) ? fallen(run) : run;
      },
    };
  };
  return { ...world, sandbox: { ...world.sandbox, open } };
};
