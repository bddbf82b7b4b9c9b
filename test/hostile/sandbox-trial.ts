import { ATTACKS, type Attack } from "./sandbox-attacks.ts";
import { CANARY, held, makeHost, runInside, type HostFixture, type Verdict } from "./sandbox-fixture.ts";
import { STORIES } from "./sandbox-stories.ts";

export const TRIALS: readonly string[] = [...ATTACKS.map(({ name }) => name), ...Object.keys(STORIES)];

/** Every attack and story on this machine, as the user who runs this. */
const runTrials = async (): Promise<Readonly<Record<string, Verdict>>> => {
  const host = await makeHost();
  const verdicts: Record<string, Verdict> = {};
  try {
    const waiting = [...ATTACKS];
    const worker = async (): Promise<void> => {
      for (let next = waiting.pop(); next !== undefined; next = waiting.pop())
        verdicts[next.name] = await tryAttack(host, next);
    };
    await Promise.all(Array.from({ length: 4 }, worker));
    for (const [name, story] of Object.entries(STORIES)) verdicts[name] = await story(host);
    return verdicts;
  } finally {
    await host.close();
  }
};

const tryAttack = async (host: HostFixture, { script, wants }: Attack): Promise<Verdict> => {
  const { stage } = await host.openStage();
  const { out } = await runInside(stage, ["/bin/bash", "-c", script], host.env);
  const report = await stage.close();
  const missing = wants.filter((line) => !out.split("\n").includes(line));
  const leaks = out.includes("ESCAPED") || out.includes(`${CANARY}f`);
  return held(!leaks && missing.length === 0 && report.alive === 0, `${missing.join("|")} missing in ${out}`);
};

// Runs in a process of its own, so that the host's environment really holds a secret and any user can be tried.
if (import.meta.main) console.log(JSON.stringify(await runTrials()));
