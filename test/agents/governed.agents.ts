import { execFileSync } from "node:child_process";

import { expect, test } from "vitest";

import { endOf, runOnce } from "../journeys/ground.ts";
import { HONEST, makeAgentGround } from "./agent-ground.ts";
import { runnable } from "./agents.ts";

test.each(runnable().map((agent) => [agent.profile, agent] as const))(
  "R071 %s, confined, does the demo contract to one verified commit",
  async (_, agent) => {
    const { ground, world, close } = await makeAgentGround(agent, HONEST);
    try {
      const lines: string[] = [];
      const result = await runOnce(world, ground, (line) => lines.push(line));
      expect(endOf(result)).toEqual(["awaiting_outcome"]);
      const changed = execFileSync("git", ["-C", ground.target, "show", "--name-only", "--format=%s", "HEAD"], {
        encoding: "utf8",
      });
      expect(changed.trim().split("\n").slice(-2)).toEqual(["src/strings.py", "test_strings.py"]);
    } finally {
      await close();
    }
  },
);
