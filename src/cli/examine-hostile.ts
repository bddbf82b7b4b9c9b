import { readHostile } from "../harness/home/kept-hostile.ts";
import type { World } from "../harness/world.ts";
import { relative } from "./duration.ts";
import type { Finding } from "./examine.ts";

/** What the last hostile suite of this home came to; nothing is played for it. */
export const examineHostile = async (world: World): Promise<Finding> => {
  const result = await readHostile(world);
  switch (result.kind) {
    case "never":
      return { ...HOSTILE, status: "skip", says: "never run in this home" };
    case "unreadable":
      return { ...HOSTILE, status: "warn", says: ".cto/hostile.json cannot be read as a result" };
    case "kept": {
      const { at, version, held, status, but } = result;
      const when = relative(at, world.clock.now().epochMs);
      const says = [`${held} held`, ...but, `run ${when} by cto ${version}`].join(", ");
      return { ...HOSTILE, status, says, ...(status === "ok" ? { fix: "" } : {}) };
    }
  }
};

const HOSTILE = { id: "hostile", fix: "cto doctor --hostile" } as const;
