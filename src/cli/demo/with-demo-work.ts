import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

import { admitTarget } from "../../harness/admission/admit-target.ts";
import type { World } from "../../harness/world.ts";
import { workId, type WorkId } from "../../workflow/ids.ts";
import type { CliContext } from "../context.ts";
import { openDemoGround } from "./ground.ts";

const DEMO_WORK = workId("CTO-WORK-049");
const DAY_MS = 86_400_000;

/** The demo's contract on the demo's target, admitted, made for one use and gone afterwards. */
export const withDemoWork = async <T>(
  context: CliContext,
  use: (world: World, work: WorkId) => Promise<T>,
): Promise<T> => {
  if (DEMO_WORK === undefined) throw new TypeError("the demo's work id is one");
  const folder = await mkdtemp(path.join(tmpdir(), "cto-sandbox-"));
  try {
    const { world, target, key } = await openDemoGround(path.join(folder, "governed"), "accept", context);
    try {
      const open = { id: undefined, owner: undefined, risk: undefined, stages: undefined, backends: undefined };
      const admitted = await admitTarget(world, { ...open, target, expiresMs: DAY_MS, reason: "a try", key });
      if (!admitted.ok) throw new TypeError("the demo's own target can be admitted");
      // The demo's world has a home of its own; the canaries look for the keys of whoever asks.
      const { HOME, SSH_AUTH_SOCK } = context.process.env;
      return await use({ ...world, environment: { ...world.environment, HOME, SSH_AUTH_SOCK } }, DEMO_WORK);
    } finally {
      await world.store.close();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};
