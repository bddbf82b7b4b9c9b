import type { Offers } from "../../seams/engine.ts";
import { POLICY_PATH, readPolicy } from "../../workflow/read-policy.ts";
import { readAdmissions } from "../admission/read-targets.ts";
import { targetIdOf } from "../admission/target-id.ts";
import { confinedHere } from "../workspace/confined-here.ts";
import type { World } from "../world.ts";

/** What a worker can run here, looked at when it starts; the gate of each run looks at all of it again. */
export const readOffers = async (world: World): Promise<Offers> => {
  const policy = readPolicy(await world.home.read(POLICY_PATH));
  const admitted = (await readAdmissions(world)).flatMap(({ read }) => (read.ok ? [read.value] : []));
  const targets: string[] = [];
  for (const { id, path } of admitted)
    if (world.sites.includes(targetIdOf(path)) && (await world.target.observe(path)).ok) targets.push(id);
  return {
    confinement: await confinedHere(world),
    backends: policy.ok ? Object.keys(policy.value.backends) : [],
    targets,
  };
};
