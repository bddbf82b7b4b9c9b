import path from "node:path";

import { compose, makeDemoGround, makeHome } from "../../compose.ts";
import type { World } from "../../harness/world.ts";
import { switchesOf } from "../../workflow/gate/switches.ts";
import { timeText } from "../../workflow/instant.ts";
import type { CliContext, CommonFlags } from "../context.ts";
import { DEMO_OWNER, demoDocuments } from "./packet.ts";
import { SAMPLE_FILES, SCENARIO_STEPS, type Scenario } from "./sample.ts";

/** Where a demo plays: a home, a target and an owner's key, all made for it. */
export interface DemoGround {
  readonly home: string;
  readonly target: string;
  readonly key: string;
  /** The world of the home, with the gate's switches set. */
  readonly world: World;
  /** The same context with this home behind `openWorld`: what a command of the demo is given. */
  readonly context: CliContext;
  readonly flags: CommonFlags;
}

export const openDemoGround = async (folder: string, scenario: Scenario, context: CliContext): Promise<DemoGround> => {
  const made = await makeDemoGround(folder, SAMPLE_FILES);
  const home = path.join(path.dirname(made.target), "home");
  await makeHome({ folder: home, owner: DEMO_OWNER, publicKey: made.publicKey });
  const { allow, stage, admissionFile } = switchesOf("scripted");
  const environment = {
    [allow]: "1",
    [stage]: "5",
    [admissionFile]: path.join(home, ".sot/03-PROTOCOLS/CTO-DEMO-TARGET-ADMISSION.json"),
    HOME: path.dirname(home),
  };
  const open = (): Promise<World> => compose({ home, environment, terminal: false, mode: "write" });
  const world = await open();
  await writeDocuments(world, made.target, scenario);
  return {
    home,
    target: made.target,
    key: made.key,
    world,
    context: { ...context, ask: undefined, openWorld: open },
    flags: { home, json: false, quiet: !context.process.stderr.isTTY, verbose: false },
  };
};

const writeDocuments = async (world: World, target: string, scenario: Scenario): Promise<void> => {
  const { packet, checks } = demoDocuments(target, timeText(world.clock.now().epochMs).slice(0, 10));
  const steps = {
    path: ".sot/authority/steps.json",
    text: `${JSON.stringify({ steps: SCENARIO_STEPS[scenario] }, null, 2)}\n`,
  };
  for (const { path: place, text } of [packet, checks, steps])
    await world.home.write(place, new TextEncoder().encode(text), "absent");
};
