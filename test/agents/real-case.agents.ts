import { execFileSync } from "node:child_process";

import { expect, test } from "vitest";

import { SAMPLE_FILES } from "../../src/cli/demo/sample.ts";
import { admit, approveBy, endOf, makeGround, openSwitches, POLICY, runOnce } from "../journeys/ground.ts";
import { CANARY_KEY, HONEST } from "./agent-ground.ts";
import { startScriptedModel } from "./model/scripted-model.ts";

const REAL = process.env["CTO_HARNESS_CASE_BIN"];

const RESULT = {
  status: "completed",
  summary: "done",
  artifacts: {
    commit: null,
    filesChanged: [],
    testsPassed: null,
    screenshotUrls: [],
    evidenceMarkers: [],
    prUrl: null,
    prNumber: null,
  },
  error: null,
};

/** Every phase is a conversation of its own and ends in the block that Case reads. */
const WITH_RESULT = {
  turns: [...HONEST.turns.slice(0, -1), { text: `Done.\n<<<AGENT_RESULT\n${JSON.stringify(RESULT)}\nAGENT_RESULT>>>` }],
};

test.skipIf(REAL === undefined)(
  "R071 a real ca, confined, does the demo contract to one verified commit (CTO_HARNESS_CASE_BIN names it)",
  async () => {
    const model = await startScriptedModel(WITH_RESULT);
    const ground = await makeGround({ backend: "case" }, SAMPLE_FILES);
    try {
      const upstream = `{ api: anthropic, origin: "${model.origin}", keyVariable: SCRIPTED_KEY, models: [claude-sonnet-4-5] }`;
      await ground.edit(POLICY, "upstreams: {}", `upstreams: { scripted: ${upstream} }`);
      await ground.edit(POLICY, "  case: {}\n", `  case: { binary: "${REAL}", upstream: scripted }\n`);
      const world = await ground.open({ ...openSwitches("case"), SCRIPTED_KEY: CANARY_KEY });
      await admit(world, ground);
      expect(await approveBy(world, ground)).toEqual([]);
      expect(endOf(await runOnce(world, ground))).toEqual(["awaiting_outcome"]);
      expect(model.asked.length).toBeGreaterThan(0);
      expect(model.asked.every(({ authorization }) => authorization.includes(CANARY_KEY))).toBe(true);
      const changed = execFileSync("git", ["-C", ground.target, "show", "--name-only", "--format=%s", "HEAD"], {
        encoding: "utf8",
      });
      expect(changed.trim().split("\n").slice(-2)).toEqual(["src/strings.py", "test_strings.py"]);
      await world.store.close();
    } finally {
      await model.close();
      await ground.close();
    }
  },
);
