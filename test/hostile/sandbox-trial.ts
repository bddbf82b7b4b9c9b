import type { Attack } from "./attack.ts";
import { CANARY_STORIES } from "./canary-stories.ts";
import { ATTACKS } from "./sandbox-attacks.ts";
import { CANARY, held, makeHost, runInside, type HostFixture, type Verdict } from "./sandbox-fixture.ts";
import { STORIES } from "./sandbox-stories.ts";
import { COPY_STORIES, OVERLAY_STORIES, SCRATCH_STORIES } from "./scratch-stories.ts";
import { STAGE_STORIES } from "./stage-stories.ts";

export type TrialLevel = "A" | "B" | "control";

/** Level B is the same chain without the sandbox around it, so a part of the attacks is enough there. */
const attacksAt = (level: TrialLevel): readonly Attack[] =>
  level !== "B" ? ATTACKS : ATTACKS.filter(({ name }) => ATTACKS_OF_B.has(name));

const ATTACKS_OF_B: ReadonlySet<string> = new Set([
  "environment of the host, its own and that of every process",
  "read-denied: masked files and folders",
  "kernel doors",
  "descriptors",
  "tcp-loopback-host",
  "write-pinned: a sibling of an allowed file",
  "rename-over-sibling",
  "allowed file replaced by temporary name and rename",
  "fork-bomb",
]);

const storiesAt = (level: TrialLevel): typeof STORIES =>
  level === "A"
    ? { ...STORIES, ...SCRATCH_STORIES, ...OVERLAY_STORIES, ...STAGE_STORIES, ...CANARY_STORIES }
    : { ...SCRATCH_STORIES, ...COPY_STORIES, ...STAGE_STORIES, ...CANARY_STORIES };

export const trialsAt = (level: TrialLevel): readonly string[] => [
  ...attacksAt(level).map(({ name }) => name),
  ...Object.keys(storiesAt(level)),
];

/** Every attack and story on this machine, as the user who runs this. */
const runTrials = async (): Promise<Readonly<Record<string, Verdict>>> => {
  const host = await makeHost();
  const verdicts: Record<string, Verdict> = {};
  try {
    const level = process.env["CTO_TRIAL_LEVEL"] === "B" ? "B" : "A";
    const waiting = [...attacksAt(level)];
    const worker = async (): Promise<void> => {
      for (let next = waiting.pop(); next !== undefined; next = waiting.pop())
        verdicts[next.name] = await tryAttack(host, next);
    };
    const workers = Array.from({ length: 4 }, worker);
    // What breaks is told only when nobody works in the folder any more.
    await Promise.allSettled(workers);
    await Promise.all(workers);
    for (const [name, story] of Object.entries(storiesAt(level))) verdicts[name] = await story(host);
    return verdicts;
  } finally {
    await host.close();
  }
};

/** One attack in the sandbox of this product: it reaches nothing, and is answered as it says. */
export const tryAttack = async (host: HostFixture, { script, wants }: Attack): Promise<Verdict> => {
  const { stage } = await host.openStage();
  const { out } = await runInside(stage, ["/bin/bash", "-c", script], host.env);
  const report = await stage.close();
  const missing = wants.filter((line) => !out.split("\n").includes(line));
  const leaks = out.includes("ESCAPED") || out.includes(`${CANARY}f`);
  return held(!leaks && missing.length === 0 && report.alive === 0, `${missing.join("|")} missing in ${out}`);
};

// Runs in a process of its own, so that the host's environment really holds a secret and any user can be tried.
if (import.meta.main) console.log(JSON.stringify(await runTrials()));
