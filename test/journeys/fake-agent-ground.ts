import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";

import type { World } from "../../src/harness/world.ts";
import type { BackendKind } from "../../src/workflow/contract/contract.ts";
import { installFakeAgent, profilePath } from "../fakes/install-agent.ts";
import { installFakeCa } from "../fakes/install-ca.ts";
import { UNITTEST_FILES } from "./ended.ts";
import { admit, approveBy, makeGround, openSwitches, POLICY, type Ground } from "./ground.ts";

/** What an agent of ours does, by the kind that it stands behind. */
export interface FakeSteps {
  readonly scripted: readonly unknown[];
  readonly case: readonly unknown[];
}

export interface FakeAgentGround {
  readonly ground: Ground;
  readonly world: World;
  close(): Promise<void>;
}

/** An approved contract for an agent of our own, in a home that leads it as its policy and its own profile say. */
export const openFakeAgentGround = async (
  kind: BackendKind,
  stepsFor: (root: string) => FakeSteps,
  { program, policy = [] }: { readonly program?: URL; readonly policy?: readonly (readonly [string, string])[] } = {},
): Promise<FakeAgentGround> => {
  const validation = ["python3", "-m", "unittest", "-q"];
  const ground = await makeGround({ backend: kind, validation }, { ...UNITTEST_FILES, "tests/__init__.py": "" });
  const steps = stepsFor(ground.root);
  const ca = path.join(ground.root, "case");
  await installFakeCa(ca, { steps: steps.case });
  await ground.plays(steps.scripted.filter((step) => typeof step === "object" && step !== null));
  if (kind === "acp" || kind === "command") {
    const script = { steps: steps.scripted, acts: true, ...(program === undefined ? {} : { program }) };
    const agent = await installFakeAgent(path.join(ground.root, "agents"), kind, script);
    const file = path.join(ground.home, profilePath(agent));
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, JSON.stringify(agent.profile));
    const entry = `${kind}: { profile: ${agent.profile.id}, packages: "${agent.packages}" }`;
    await ground.edit(POLICY, "  case: {}\n", `  ${entry}\n`);
  }
  for (const [from, to] of policy) await ground.edit(POLICY, from, to);
  const world = await ground.open({ ...openSwitches(kind), CTO_HARNESS_CASE_BIN: path.join(ca, "ca") });
  await admit(world, ground);
  const refused = await approveBy(world, ground);
  if (refused.length > 0) throw new Error(`not approved: ${refused.join(", ")}`);
  return {
    ground,
    world,
    close: async () => {
      await world.store.close();
      await ground.close();
    },
  };
};
