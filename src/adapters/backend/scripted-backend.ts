import { readFile } from "node:fs/promises";

import type { Backend } from "../../seams/backend.ts";
import type { BackendProbe } from "../../workflow/backend/attempt.ts";
import { readSteps } from "../../workflow/backend/steps.ts";
import { digestOf } from "../../workflow/digest.ts";
import { Failure } from "../../workflow/failure.ts";
import { refusal, type Refusal } from "../../workflow/refusal.ts";
import { after, ok, refuse, type Result } from "../../workflow/result.ts";
import { leadAcpAgent } from "./acp-client.ts";
import { insidePath, programBytes } from "./programs.ts";

export interface ScriptedOptions {
  /** Absolute path of the steps that policy.yaml names, or "absent". */
  readonly stepsPath: () => Promise<string>;
}

/** An agent without a model that plays a file of steps: our own process, led like any other ACP agent (backends.md 5). */
export const scriptedBackend = ({ stepsPath }: ScriptedOptions): Backend => ({
  kind: "scripted",
  probe: async () => {
    const steps = await loadSteps(stepsPath);
    const agent = await programBytes("scripted-agent.mjs");
    return after(steps, (text) => ok(probeOf(agent, text)));
  },
  needs: async () => {
    const [agent, hand, steps] = await Promise.all([
      programBytes("scripted-agent.mjs"),
      programBytes("hand.mjs"),
      presentSteps(stepsPath),
    ]);
    return {
      readOnlyHostPaths: [process.execPath],
      files: [
        { path: insidePath("scripted-agent.mjs"), content: agent },
        { path: insidePath("hand.mjs"), content: hand },
        { path: STEPS, content: Buffer.from(steps) },
      ],
    };
  },
  perform: async (assignment, room) =>
    leadAcpAgent(
      {
        argv: [process.execPath, insidePath("scripted-agent.mjs"), STEPS],
        env: {},
        probe: probeOf(await programBytes("scripted-agent.mjs"), await presentSteps(stepsPath)),
        manners: {
          clientCapabilities: { fs: { readTextFile: true, writeTextFile: true }, terminal: true },
          mcpServers: [],
          harnessTools: false,
        },
      },
      assignment,
      room,
    ),
});

const STEPS = "/opt/cto/steps.json";

const probeOf = (agent: Uint8Array, steps: string): BackendProbe => ({
  profile: "scripted",
  version: "1.0.0",
  binary: digestOf(`${digestOf(agent)}\n${digestOf(steps)}\n`),
  declared: "full",
});

const loadSteps = async (stepsPath: ScriptedOptions["stepsPath"]): Promise<Result<string, Refusal>> => {
  const path = await stepsPath();
  if (path === "absent") return refuse(refusal("backend/not-configured", { kind: "scripted" }));
  try {
    return readSteps(await readFile(path, "utf8"));
  } catch (error) {
    return refuse(refusal("backend/steps-missing", { path, problem: codeIn(error) }));
  }
};

const codeIn = (error: unknown): string =>
  error instanceof Error && "code" in error ? String(error.code) : "unreadable";

const presentSteps = async (stepsPath: ScriptedOptions["stepsPath"]): Promise<string> => {
  const steps = await loadSteps(stepsPath);
  if (!steps.ok) throw new Failure("backend/crashed", "The steps vanished between the gate and the start.");
  return steps.value;
};
