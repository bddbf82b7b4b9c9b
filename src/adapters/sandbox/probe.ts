import { execFile } from "node:child_process";
import { lstat, mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { promisify } from "node:util";

import type { ConfinedStage, Protections, StageOrder } from "../../seams/sandbox.ts";
import { Failure } from "../../workflow/failure.ts";
import { parseOid, parseRunId } from "../../workflow/ids.ts";
import { LIMITS } from "../../workflow/limits.ts";
import type { RunLimits } from "../../workflow/run-limits.ts";
import { canaryChecks } from "./canaries/canary-checks.ts";
import { cachedProbe, keepProbe, PROBE_FILE, probeKey } from "./probe-cache.ts";
import {
  KILL_CHECK,
  machineChecks,
  memoryCheck,
  START_CHECK,
  UPGRADE,
  USERNS_CHECK,
  WARNINGS,
} from "./probe-checks.ts";
import { judgeOverlay } from "./probe-overlay.ts";
import { ATTRIBUTE_SCRIPT, DAEMON_SCRIPT, OVERLAY_SCRIPT } from "./probe-script.ts";
import { probeTools, type Check } from "./probe-tools.ts";
import { attributeCalls, filterMachine, type FilterMachine } from "./seccomp/syscalls.ts";
import { usernsIsDisabled } from "./userns-check.ts";

export interface ProbeGround {
  readonly stateFolder: string;
  readonly stageScript: string;
  readonly open: (order: StageOrder) => Promise<ConfinedStage>;
}

/**
 * Really does each protection once, in a stage like any other (confinement.md 11): level A first, and where that is not
 * to be had level B, with what A failed by. Nothing is concluded from a version.
 */
export const probeSandbox = async ({ stateFolder, stageScript, open }: ProbeGround): Promise<Protections> => {
  const { checks, tools } = await probeTools();
  if (!checks.every((check) => check.ok)) return { confinement: "none", checks, tools };
  await mkdir(stateFolder, { recursive: true, mode: 0o700 });
  const kept = `${stateFolder}/${PROBE_FILE}`;
  const key = await probeKey(tools, stageScript);
  const known = await cachedProbe(kept, key);
  if (known !== undefined) return known;
  const found = await probeLevels(stateFolder, { checks, tools }, open);
  await keepProbe(kept, key, found);
  return found;
};

const probeLevels = async (
  stateFolder: string,
  { checks, tools }: Omit<Protections, "confinement">,
  open: ProbeGround["open"],
): Promise<Protections> => {
  const folder = await mkdtemp(`${stateFolder}/probe-`);
  try {
    const full = await checksByDoing(`${folder}/A`, "A", open);
    if (full.every(isEnough)) return { confinement: "A", checks: [...checks, ...full], tools };
    const copied = await checksByDoing(`${folder}/B`, "B", open);
    return copied.every(isEnough)
      ? { confinement: "B", checks: [...checks, fullStageCheck(full), ...copied], tools }
      : { confinement: "none", checks: [...checks, ...copied], tools };
  } finally {
    await promisify(execFile)("/bin/rm", ["-rf", "--", folder], { env: {} });
  }
};

const isEnough = ({ id, ok }: Check): boolean => ok || WARNINGS.includes(id);

const fullStageCheck = (checks: readonly Check[]): Check => {
  const failed = checks.filter((one) => !isEnough(one));
  return {
    id: "full-stage",
    ok: false,
    says: `Level A is not to be had here: ${failed.map(({ id, says }) => `${id}: ${says}`).join(" ")}`,
    fix: failed[0]?.fix ?? UPGRADE,
  };
};

const checksByDoing = async (
  folder: string,
  confinement: "A" | "B",
  open: (order: StageOrder) => Promise<ConfinedStage>,
): Promise<readonly Check[]> => {
  let stage: ConfinedStage | undefined;
  try {
    await mkdir(folder);
    stage = await open(await probeOrder(`${folder}/workspace`, confinement));
    // What does not start says here by itself why; the canaries could only say that they were not started.
    await (
      await stage.start(["/bin/true"], {})
    ).ended;
    const started: Check = { ...START_CHECK, ok: true, says: "A sandbox with namespaces of its own starts." };
    return [
      started,
      ...(await canaryChecks(stage, folder, { start: START_CHECK.fix, upgrade: UPGRADE })),
      ...(confinement === "A" ? await overlayChecks(stage) : []),
      memoryCheck(stage.description),
      ...machineChecks(filterMachine(process.arch)),
      await usernsCheck(),
      await killCheck(stage),
    ];
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return [{ ...START_CHECK, ok: false, says: `No sandbox starts: ${error.message}` }];
  } finally {
    await stage?.close();
  }
};

// The quotas are filled when the watch is over, else it would end the stage as it ends a run.
const overlayChecks = async (stage: ConfinedStage): Promise<readonly Check[]> => {
  await stage.quiet();
  const machine = machineHere();
  const { set, get } = attributeCalls(machine);
  const facts = await tell(stage, ["/usr/bin/perl", "-e", OVERLAY_SCRIPT, String(set)]);
  const written = `${stage.files.journal}/src`;
  const owner = await lstat(written).then(
    ({ uid }) => uid,
    () => -1,
  );
  const raw = await promisify(execFile)("/usr/bin/perl", ["-e", ATTRIBUTE_SCRIPT, String(get), written], { env: {} });
  return judgeOverlay({ ...facts, attribute: raw.stdout, owner: String(owner) }, stage.description);
};

const machineHere = (): FilterMachine => {
  const machine = filterMachine(process.arch);
  if (machine === undefined) throw new Failure("sandbox/broken", `there is no system call filter for ${process.arch}`);
  return machine;
};

const tell = async (stage: ConfinedStage, argv: readonly string[]): Promise<Readonly<Record<string, string>>> => {
  const done = await stage.start(argv, {});
  const [text, words] = await Promise.all([
    new Response(done.stdout).text(),
    new Response(done.stderr).text(),
    done.ended,
  ]);
  const facts = Object.fromEntries(
    text
      .split("\n")
      .map((line) => line.split("\t"))
      .map(([name, value]) => [name ?? "", value ?? ""]),
  );
  if (facts["done"] !== "yes") throw new Failure("sandbox/broken", `the probes did not end: ${words.slice(0, 500)}`);
  return facts;
};

const usernsCheck = async (): Promise<Check> => {
  const says = await usernsIsDisabled();
  return { ...USERNS_CHECK, ok: says === "disabled", says: `Without the filter, a user namespace inside is ${says}.` };
};

const killCheck = async (stage: ConfinedStage): Promise<Check> => {
  const daemon = await stage.start(["/bin/bash", "-c", DAEMON_SCRIPT], {});
  await daemon.stdout.getReader().read();
  const from = performance.now();
  const { processTreeDead } = await stage.quiet();
  const ms = Math.round(performance.now() - from);
  const says = processTreeDead ? `Everything inside was dead ${ms} ms after the kill.` : "Processes outlived the kill.";
  return { ...KILL_CHECK, ok: processTreeDead && ms <= LIMITS.killTimeoutMs, says };
};

const probeOrder = async (folder: string, confinement: "A" | "B"): Promise<StageOrder> => {
  const run = parseRunId("R-000-00");
  const tree = parseOid("0".repeat(40));
  if (run === undefined || tree === undefined) throw new TypeError("the probe has no name");
  for (const path of ["src", "secrets"]) await mkdir(`${folder}/${path}`, { recursive: true });
  const files = ["src/allowed", "src/pinned", ".env", "secrets/key"];
  for (const path of files) await writeFile(`${folder}/${path}`, "planted");
  const entries = [
    ...files.map((path) => ({ path, mode: "100644" }) as const),
    ...["src/", "secrets/"].map((path) => ({ path, mode: "040000" }) as const),
  ];
  return {
    purpose: "probe",
    confinement,
    relay: undefined,
    tunnel: undefined,
    limits: PROBE_LIMITS,
    workspace: { id: "probe", run, purpose: "probe", tree, ledger: folder, entries },
    checkout: async (owner) => {
      await promisify(execFile)("/bin/chown", ["-R", "-h", "--", `${owner}:${owner}`, folder], { env: {} });
      return { folder, over: "nothing" };
    },
    writable: ["src/allowed"],
    masked: [".env", "secrets/"],
    readOnly: [],
    readOnlyHostPaths: [],
    files: [],
    uidBase: PROBE_UID_BASE,
  };
};

const PROBE_UID_BASE = 60_600;

/** Also the bounds that the probes of the quotas look for. */
const PROBE_LIMITS: RunLimits = {
  wallMs: LIMITS.sandboxProbeTimeoutMs,
  idleMs: LIMITS.sandboxProbeTimeoutMs,
  processesMax: 50,
  descriptorsMax: 256,
  fileBytesMax: 1_048_576,
  dataBytesMax: 1_073_741_824,
  memoryBytesMax: 268_435_456,
  scratchBytesMax: 1_048_576,
  scratchInodesMax: 100,
  tmpBytesMax: 1_048_576,
  outputBytesMax: 65_536,
  changedFilesMax: 0,
  patchBytesMax: 0,
  committedFileBytesMax: 0,
};
