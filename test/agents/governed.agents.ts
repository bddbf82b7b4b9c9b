import { execFileSync } from "node:child_process";

import { expect, test } from "vitest";

import { endOf, runOnce } from "../journeys/ground.ts";
import { HONEST, makeAgentGround } from "./agent-ground.ts";
import { AGENTS, whyAbsent } from "./agents.ts";

test.each(AGENTS.map((agent) => [agent.profile, agent] as const))(
  "R071 %s, confined, does the demo contract to one verified commit",
  async (_, agent) => {
    const absent = whyAbsent(agent);
    if (absent !== undefined) throw new Error(absent);
    const { ground, world, model, close } = await makeAgentGround(agent, HONEST);
    try {
      const lines: string[] = [];
      const result = await runOnce(world, ground, (line) => lines.push(line));
      if (endOf(result).join() !== "awaiting_outcome") console.log(lines.join("\n"), JSON.stringify(result, null, 1).slice(0, 3000), model.asked);
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
