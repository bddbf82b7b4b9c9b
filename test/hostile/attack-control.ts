import type { Attack } from "./attack.ts";
import { ATTACKS } from "./sandbox-attacks.ts";
import { CANARY, makeHost, runInside, type HostFixture, type Verdict } from "./sandbox-fixture.ts";
import { STORIES } from "./sandbox-stories.ts";
import { SCRATCH_STORIES } from "./scratch-stories.ts";
import { STAGE_STORIES } from "./stage-stories.ts";
import { CONTROL_MS, openUnconfined } from "./unconfined.ts";

/** What came of one attack where nothing confines it. */
export interface ControlRow {
  readonly id: string;
  /** "without": it is said why it cannot succeed there either. */
  readonly came: "succeeds" | "stopped" | "without";
  readonly says: string;
}

/** Every attack script once more, by an ordinary user without a sandbox: what holds it inside is the sandbox. */
export const runAttackControls = async (): Promise<readonly ControlRow[]> => {
  const controls = [openUnconfined(CONTROL_MS.ends), openUnconfined(CONTROL_MS.goesOn)] as const;
  const [scripts, stories] = await Promise.all([makeHost(controls[0]), makeHost(controls[1])]);
  const rows: ControlRow[] = [];
  const waiting = [
    ...STORY_NAMES.map((name) => () => storyRow(stories, name)),
    ...ATTACKS.map((one) => () => scriptRow(scripts, one)),
  ];
  const worker = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) rows.push(await next());
  };
  try {
    await Promise.all([worker(), worker(), worker(), worker()]);
    return rows;
  } finally {
    for (const control of controls) control.end();
    await Promise.all([scripts.close(), stories.close()]);
  }
};

const ALL_STORIES: Readonly<Record<string, (host: HostFixture) => Promise<Verdict>>> = {
  ...STORIES,
  ...SCRATCH_STORIES,
  ...STAGE_STORIES,
};

/** The stories that are attacks on whoever runs them; the others tell how a stage behaves, and hold nothing out. */
const STORY_NAMES: readonly string[] = [
  "daemon-outlives-run: daemons in sessions of their own that ignore TERM are dead after the end",
  "cpu-spin: the wall limit ends everything by name",
  "silence: the idle limit ends everything by name",
  "disk-fill-workspace: filling the workspace ends the run by name",
  "disk-fill-workspace: a fill in the last moment is seen at the end",
  "disk-fill-workspace: files that are open and deleted count as well",
  "huge-and-deep: too many files end the run by name",
  "memory-bomb: what everything together takes ends the run by name",
];

const scriptRow = async (host: HostFixture, { name, script, wants, control }: Attack): Promise<ControlRow> => {
  if (typeof control === "object") return { id: `attack: ${name}`, came: "without", says: control.without };
  const { stage } = await host.openStage();
  const { out } = await runInside(stage, ["/bin/bash", "-c", script], host.env);
  await stage.close();
  const lines = out.split("\n");
  const missing = wants.filter((line) => line !== "over" && !lines.includes(line));
  const reached = lines
    .filter((line) => line.startsWith("ESCAPED"))
    .concat(out.includes(`${CANARY}f`) ? ["leaked"] : []);
  if (reached.length > 0) return { id: `attack: ${name}`, came: "succeeds", says: reached[0] ?? "" };
  // A script that broke off has not been answered.
  return control === "other-answer" && missing.length > 0 && lines.includes("over")
    ? { id: `attack: ${name}`, came: "succeeds", says: `not answered by ${missing.join(", ")}` }
    : { id: `attack: ${name}`, came: "stopped", says: out.slice(-300) };
};

const storyRow = async (host: HostFixture, name: string): Promise<ControlRow> => {
  const verdict = (await ALL_STORIES[name]?.(host)) ?? "held";
  return { id: `attack: ${name}`, came: verdict === "held" ? "stopped" : "succeeds", says: verdict.slice(0, 300) };
};
