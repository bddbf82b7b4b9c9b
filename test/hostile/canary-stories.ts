import { mkdir } from "node:fs/promises";

import type { CanaryGround } from "../../src/seams/sandbox.ts";
import type { CanaryRun } from "../../src/workflow/workspace/canary.ts";
import { notHeld } from "../../src/workflow/workspace/judge-canaries.ts";
import { held, runInside, type HostFixture, type Verdict } from "./sandbox-fixture.ts";

/** The canaries in a stage that nothing was taken from. */
export const CANARY_STORIES: Readonly<Record<string, (host: HostFixture) => Promise<Verdict>>> = {
  "R067 every canary holds before the agent, and after it was ended with a daemon left": async (host) => {
    const ground = await groundOf(host);
    const { stage } = await host.openStage();
    const before = await stage.canaries("before", ground);
    await runInside(stage, ["/bin/bash", "-c", "(trap '' TERM; setsid sleep 600 >/dev/null 2>&1 &) ; exit 0"]);
    await stage.quiet();
    const after = await stage.canaries("after", ground);
    await stage.close();
    return held([before, after].every(isHeld), JSON.stringify([before, after].map(whatFell)));
  },
  "R067 they hold as well in a stage that nothing may write, beside a third of the same host": async (host) => {
    const ground = await groundOf(host);
    const change = { purpose: "validation", writable: "nothing", masked: [".env"] } as const;
    const stages = await Promise.all([host.openStage(change), host.openStage(change), host.openStage()]);
    const runs = await Promise.all(stages.map(({ stage }) => stage.canaries("before", ground)));
    await Promise.all(stages.map(({ stage }) => stage.close()));
    return held(runs.every(isHeld), JSON.stringify(runs.map(whatFell)));
  },
  "R067 a stage that is closed has no pass, and tells so": async (host) => {
    const ground = await groundOf(host);
    const { stage } = await host.openStage();
    await stage.close();
    const run = await stage.canaries("after", ground);
    return held(run === "not-run", JSON.stringify(run));
  },
};

const isHeld = (run: CanaryRun): boolean => run !== "not-run" && notHeld(run).length === 0;

const whatFell = (run: CanaryRun): unknown => (run === "not-run" ? run : notHeld(run));

const groundOf = async (host: HostFixture): Promise<CanaryGround> => {
  await mkdir(`${host.folder}/target/.git`, { recursive: true });
  return {
    target: `${host.folder}/target`,
    keys: [{ name: "a planted key", path: `${host.folder}/target/.env`, must: true }],
    relaySaw: undefined,
  };
};
