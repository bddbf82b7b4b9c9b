import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";

import { expect, test } from "vitest";

import type { BackendKind } from "../../src/workflow/contract/contract.ts";
import { parseEvent } from "../../src/workflow/event-chain.ts";
import { runId } from "../../src/workflow/ids.ts";
import { expectEvidence, expectNothing, UNITTEST_STEPS } from "./ended.ts";
import { openFakeAgentGround } from "./fake-agent-ground.ts";
import { runOnce, targetDigest } from "./ground.ts";

const appended = (file: string): void => appendFileSync(file, "\n// Another program.\n");
const otherwise = (file: string): void =>
  writeFileSync(file, readFileSync(file, "utf8").replace('"mediation":"observe"', '"mediation":"none"'));

/** What stands behind a backend, and how somebody changes it once the gate has looked. */
const CHANGED: readonly (readonly [BackendKind, string, string, (file: string) => void])[] = [
  ["acp", "its package", "agents/node_modules/fake-acp/agent.mjs", appended],
  ["acp", "its profile", "home/.sot/authority/profiles/fake-acp.json", otherwise],
  ["command", "its package", "agents/node_modules/fake-command/agent.mjs", appended],
  ["case", "its program", "case/ca", appended],
];

test.each(CHANGED)(
  "R072 a backend of kind %s that is another one than the gate saw, by %s, has worked for nothing",
  async (kind, _, file, change) => {
    const opened = await openFakeAgentGround(kind, () => ({ scripted: UNITTEST_STEPS, case: UNITTEST_STEPS }));
    const { ground, world } = opened;
    try {
      const before = await targetDigest(world, ground);
      let isChanged = false;
      const heard = (line: string): void => {
        if (isChanged || parseEvent(line).type !== "sandbox.started") return;
        isChanged = true;
        change(path.join(ground.root, file));
      };
      const result = await runOnce(world, ground, heard);
      expect(isChanged).toBe(true);
      expect(result).toMatchObject({
        value: { ending: { kind: "failed", failure: { code: "backend/changed-meanwhile" } } },
      });
      await expectNothing(world, ground, before);
      await expectEvidence(world, runId(ground.work, 1), "failed");
    } finally {
      await opened.close();
    }
  },
);
