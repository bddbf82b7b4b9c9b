import type { OrderLimits } from "../../seams/engine.ts";
import { POLICY_PATH, readPolicy } from "../../workflow/read-policy.ts";
import type { World } from "../world.ts";

/** How many runs policy.yaml lets go on at once. One that cannot be read bounds nothing: the gate of each run refuses it. */
export const readOrderLimits = async (world: World): Promise<OrderLimits> => {
  const policy = readPolicy(await world.home.read(POLICY_PATH));
  const { atOnce = Infinity, atOncePerOwner = Infinity } = (policy.ok ? policy.value.orders : undefined) ?? {};
  return { atOnce, atOncePerOwner };
};
