import { expect, test } from "vitest";

import type { BackendKind } from "../../src/workflow/contract/contract.ts";
import { parseEvent } from "../../src/workflow/event-chain.ts";
import { runId } from "../../src/workflow/ids.ts";
import { processesOf } from "../hostile/support/after-every-case.ts";
import { expectEvidence, expectNothing } from "./ended.ts";
import { openFakeAgentGround } from "./fake-agent-ground.ts";
import { endOf, runOnce, targetDigest } from "./ground.ts";

const MUTE = new URL("../fakes/mute-agent.mjs", import.meta.url);
const TRAPPED = "trap '' TERM HUP; setsid sleep 600 > /dev/null 2>&1 & true";
const HANGING = [{ bash: TRAPPED }, { orphan: 600 }, { hang: true }];

interface Unanswering {
  readonly steps: readonly unknown[];
  readonly program?: URL;
  readonly ending: "voided" | "stopped";
}

/** Agents that answer nothing any more, each with processes of its own that hear no signal either. */
const UNANSWERING: readonly (readonly [BackendKind, string, Unanswering])[] = [
  ["acp", "never answers initialize", { steps: ["initialize"], program: MUTE, ending: "voided" }],
  ["acp", "never opens a session", { steps: ["session/new"], program: MUTE, ending: "voided" }],
  ["acp", "never ends its turn and hears no cancel", { steps: ["session/prompt"], program: MUTE, ending: "stopped" }],
  ["acp", "ignores the end of its input", { steps: [{ bash: TRAPPED }, { ignoreEof: true }], ending: "voided" }],
  ["command", "never ends", { steps: [...HANGING, { ignoreTerm: true }], ending: "voided" }],
  ["case", "never ends", { steps: HANGING, ending: "voided" }],
];

test.each(UNANSWERING)(
  "R135 an agent of kind %s that %s is gone with its whole tree of processes, within its limits",
  async (kind, _, { steps, program, ending }) => {
    // Idle for so long ends a run; who ignores the end of its input has said all, and nothing was changed.
    const idle = ending === "stopped" ? [] : ([["idleMs: 300000", "idleMs: 1500"]] as const);
    const opened = await openFakeAgentGround(kind, () => ({ scripted: steps, case: steps }), {
      policy: idle,
      ...(program === undefined ? {} : { program }),
    });
    const { ground, world } = opened;
    try {
      const before = await targetDigest(world, ground);
      const stopping = new AbortController();
      let alive = 0;
      const stopWhileItWorks = async (): Promise<void> => {
        alive = (await processesOf(ground.root)).length;
        if (ending === "stopped") stopping.abort();
      };
      const heard = (line: string): void => {
        if (parseEvent(line).type === "backend.started") void stopWhileItWorks();
      };
      const start = performance.now();
      expect(endOf(await runOnce(world, ground, heard, stopping.signal))[0]).toBe(ending);
      expect(performance.now() - start).toBeLessThan(30_000);
      expect(alive).toBeGreaterThan(0);
      expect(await processesOf(ground.root)).toEqual([]);
      await expectNothing(world, ground, before);
      await expectEvidence(world, runId(ground.work, 1), ending);
    } finally {
      await opened.close();
    }
  },
);
