import { cp } from "node:fs/promises";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";

import { SAMPLE_FILES } from "../../src/cli/demo/sample.ts";
import type { World } from "../../src/harness/world.ts";
import { HONEST_STEPS, POLICY, admit, approveBy, makeGround, openSwitches, type Ground } from "../journeys/ground.ts";
import { packagesOf, type TestAgent } from "./agents.ts";
import type { Script } from "./model/script.ts";
import { startScriptedModel, type ScriptedModel } from "./model/scripted-model.ts";

/** A home whose approved contract names a real agent, and the model that this agent is led by. */
export interface AgentGround {
  readonly ground: Ground;
  readonly model: ScriptedModel;
  readonly world: World;
  close(): Promise<void>;
}

/** Stands for a provider's key; it must be nowhere but in what the relay sends on. */
export const CANARY_KEY = "cto-canary-model-key-5a1e77f0";

export const makeAgentGround = async (
  agent: TestAgent,
  script: Script,
  files: Readonly<Record<string, string>> = {},
  policy: readonly (readonly [string, string])[] = [],
  profiles: Readonly<Record<string, object>> = {},
): Promise<AgentGround> => {
  const model = await startScriptedModel(script);
  const ground = await makeGround({ backend: agent.kind }, { ...SAMPLE_FILES, ...files });
  const upstream = `{ api: ${agent.api}, origin: "${model.origin}", keyVariable: SCRIPTED_KEY, models: [${agent.models.join(", ")}] }`;
  await ground.edit(POLICY, "upstreams: {}", `upstreams: { scripted: ${upstream} }`);
  const acp = `{ profile: ${agent.profile}, packages: "${packagesOf(agent.tier)}", upstream: scripted }`;
  await ground.edit(POLICY, "  case: {}\n", `  ${agent.kind}: ${acp}\n`);
  const own = path.join(ground.home, ".sot/authority/profiles");
  await mkdir(own, { recursive: true });
  for (const [id, profile] of Object.entries(profiles))
    await writeFile(path.join(own, `${id}.json`), JSON.stringify({ id, ...profile }));
  for (const [from, to] of policy) await ground.edit(POLICY, from, to);
  const world = await ground.open({ ...openSwitches(agent.kind), SCRIPTED_KEY: CANARY_KEY });
  await admit(world, ground);
  const refused = await approveBy(world, ground);
  if (refused.length > 0) throw new Error(`not approved: ${refused.join(", ")}`);
  return {
    ground,
    model,
    world,
    close: async () => {
      const kept = process.env["CTO_TEST_KEEP"];
      if (kept !== undefined) await cp(`${ground.home}/.cto`, `${kept}/${agent.profile}`, { recursive: true });
      await model.close();
      await ground.close();
    },
  };
};

const [edit, write] = HONEST_STEPS as readonly [
  { readonly edit: string; readonly old: string; readonly new: string },
  { readonly write: string; readonly content: string },
];

/** The task of the demo contract, done honestly. */
export const HONEST: Script = {
  turns: [
    {
      text: "I read the files first.",
      wishes: [edit.edit, write.write].map((file) => ({ do: "read", path: `/workspace/${file}` })),
    },
    {
      text: "Now the edit.",
      // Whole lines: some agents edit by patches, which know no parts of one.
      wishes: [{ do: "edit", path: `/workspace/${edit.edit}`, old: `    ${edit.old}`, new: `    ${edit.new}` }],
    },
    {
      text: "And a test.",
      wishes: [{ do: "write", path: `/workspace/${write.write}`, content: write.content }],
    },
    { text: "slugify splits on white space now." },
  ],
};
