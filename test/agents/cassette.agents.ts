import { expect, test } from "vitest";

import { replay } from "../../src/harness/replay/replay.ts";
import { endOf, runOnce } from "../journeys/ground.ts";
import { HONEST, makeAgentGround } from "./agent-ground.ts";
import { runnable } from "./agents.ts";

test.each(runnable().map((agent) => [agent.profile, agent] as const))(
  "%s behind its recorded model makes the same files again, and no provider is asked",
  async (_, agent) => {
    const { ground, world, model, close } = await makeAgentGround(agent, HONEST, {}, [
      ["cassette: false", "cassette: true"],
    ]);
    try {
      const ran = await runOnce(world, ground);
      expect(endOf(ran)).toEqual(["awaiting_outcome"]);
      if (!ran.ok) throw new Error("it ran");
      const asked = model.asked.length;
      await model.close();
      const again = await replay(world, ran.value.run, "cassette");
      expect(again).toMatchObject({ ok: true, value: { same: true, differences: [] } });
      expect(model.asked.length).toBe(asked);
    } finally {
      await close();
    }
  },
);
