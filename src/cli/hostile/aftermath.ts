import { readdir, readFile } from "node:fs/promises";
import path from "node:path";

import type { HostileCase } from "./case-form.ts";
import type { Field } from "./field.ts";
import { targetDigest } from "./home-state.ts";
import type { PlayedAct, PlayedRun } from "./played.ts";

/** How the world was before the run. */
export interface Before {
  readonly target: string;
  readonly sibling: string;
  readonly spent: string;
}

export const lookBefore = async (field: Field): Promise<Before> => ({
  target: await targetDigest(field),
  sibling: await siblingOf(field),
  spent: await spentIn(field),
});

/** The six things that hold after every case, whatever it was: what of them does not. */
export const aftermathOf = async (
  one: HostileCase,
  field: Field,
  before: Before,
  run: PlayedRun | "none",
  acts: readonly PlayedAct[],
): Promise<readonly string[]> => {
  const isCommitted = run !== "none" && run.result.ending.kind === "awaiting_outcome";
  const now = await lookBefore(field);
  const isBlocked = run !== "none" && run.result.ending.kind === "blocked";
  const left = await processesOf(path.basename(field.root));
  const planted = (await readdir(field.canary)).filter((name) => name !== "victim");
  const found = [
    isCommitted || one.target === "moved" || now.target === before.target ? "" : "the target is not what it was",
    now.sibling === before.sibling ? "" : "another repository of the machine was changed",
    ...(await leaksOf(field, run, acts)).map((name) => `the secret stands in ${name}`),
    ...planted.map((name) => `${name} ran on the host`),
    (await victimOf(field)) === "orig\n" ? "" : "a file of the host was changed",
    ...left.map((command) => `a process is left: ${command}`),
    run === "none" || isOff(run) || one.code === "gate/default-activation" ? "" : "the default activation is not false",
    isBlocked && now.spent !== before.spent ? "the approval was spent though the gate said no" : "",
    ...(isBlocked ? startedIn(run) : []).map((type) => `${type} happened though the gate said no`),
  ];
  return found.filter((what) => what !== "");
};

const isOff = ({ report }: PlayedRun): boolean => !report.defaultActivation.before && !report.defaultActivation.after;

const siblingOf = async ({ world, root }: Field): Promise<string> =>
  String(await world.host.fingerprint(path.join(root, "sibling")));

const victimOf = ({ canary }: Field): Promise<string> =>
  readFile(path.join(canary, "victim"), "utf8").catch(() => "gone");

const spentIn = async ({ world, home }: Field): Promise<string> => {
  const files = await readdir(path.join(home, ".cto/consumed")).catch(() => []);
  const leaves = (await world.store.leaves(0)).filter(({ type }) => type === "approval.consumed");
  return `${files.join(" ")} ${leaves.length}`;
};

const startedIn = ({ lines }: PlayedRun): readonly string[] =>
  STARTED.filter((begin) => lines.some((line) => line.includes(`"type":"cto.${begin}`)));

const STARTED = ["permit.", "workspace.", "sandbox.", "backend.", "session.", "validation.", "commit.c"];

/** The processes that see a folder of this case as a mount: whatever a run confined, and nobody else. */
const processesOf = async (name: string): Promise<readonly string[]> => {
  const pids = (await readdir("/proc")).filter((entry) => /^\d+$/.test(entry));
  const read = (pid: string, file: string): Promise<string> => readFile(`/proc/${pid}/${file}`, "utf8").catch(() => "");
  const mounted = await Promise.all(
    pids.map(async (pid) => ((await read(pid, "mountinfo")).includes(`/${name}/`) ? read(pid, "cmdline") : "")),
  );
  // A zombie waits for its parent and has no command any more.
  return mounted.map((command) => command.replaceAll("\0", " ")).filter((command) => command !== "");
};

const leaksOf = async (
  { home, secret }: Field,
  run: PlayedRun | "none",
  acts: readonly PlayedAct[],
): Promise<readonly string[]> => {
  const holds = (bytes: Uint8Array): boolean => Buffer.from(bytes).includes(secret);
  const folder = path.join(home, ".cto");
  const ledger = (await readdir(folder)).filter((name) => name.startsWith("ledger.db"));
  const kept = await Promise.all(
    ledger.map(async (name) => ({ name, bytes: await readFile(path.join(folder, name)) })),
  );
  return [
    ...[...(run === "none" ? [] : run.files)].flatMap(([name, bytes]) => (holds(bytes) ? [name] : [])),
    ...(run === "none" ? [] : run.lines).flatMap((line, at) => (line.includes(secret) ? [`event ${at}`] : [])),
    ...kept.flatMap(({ name, bytes }) => (holds(bytes) ? [name] : [])),
    ...acts.flatMap(({ act, output }) => (output.includes(secret) ? [`the output of ${act.run}`] : [])),
  ];
};
