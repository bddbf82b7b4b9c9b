import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { promisify } from "node:util";

import type { ConfinedStage, Protections, StageOrder } from "../../seams/sandbox.ts";
import { Failure } from "../../workflow/failure.ts";
import { parseOid, parseRunId } from "../../workflow/ids.ts";
import { LIMITS, type RunLimits } from "../../workflow/limits.ts";
import { judgeProbe, KILL_CHECK, START_CHECK, USERNS_CHECK } from "./probe-checks.ts";
import { DAEMON_SCRIPT, PROBE_SCRIPT } from "./probe-script.ts";
import { probeTools, type Check } from "./probe-tools.ts";
import { filterMachine, probedCalls } from "./seccomp/syscalls.ts";
import { usernsIsDisabled } from "./userns-check.ts";

/** Really does each protection once, in a stage like any other (confinement.md 11). Nothing is concluded from a version. */
export const probeSandbox = async (
  stateFolder: string,
  open: (order: StageOrder) => Promise<ConfinedStage>,
): Promise<Protections> => {
  const { checks, tools } = await probeTools();
  if (!checks.every((check) => check.ok)) return { confinement: "none", checks, tools };
  await mkdir(stateFolder, { recursive: true, mode: 0o700 });
  const folder = await mkdtemp(`${stateFolder}/probe-`);
  try {
    const all = [...checks, ...(await checksByDoing(folder, open))];
    return { confinement: all.every((check) => check.ok) ? "B" : "none", checks: all, tools };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

const checksByDoing = async (
  folder: string,
  open: (order: StageOrder) => Promise<ConfinedStage>,
): Promise<readonly Check[]> => {
  const planted = `${folder}/planted`;
  const listener = createServer((socket) => socket.destroy());
  let stage: ConfinedStage | undefined;
  try {
    await writeFile(planted, "planted");
    stage = await open(await probeOrder(`${folder}/workspace`));
    const port = await listening(listener);
    const told = await tellAll(stage, planted, port);
    const facts = { ...told, "control-planted": String((await readFile(planted, "utf8")) === "planted") };
    const started: Check = { ...START_CHECK, ok: true, says: "A sandbox with namespaces of its own starts." };
    return [started, ...judgeProbe(facts, stage.description), await usernsCheck(), await killCheck(stage)];
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return [{ ...START_CHECK, ok: false, says: `No sandbox starts: ${error.message}` }];
  } finally {
    listener.close();
    await stage?.close();
  }
};

const tellAll = async (
  stage: ConfinedStage,
  planted: string,
  port: number,
): Promise<Readonly<Record<string, string>>> => {
  const machine = filterMachine(process.arch);
  if (machine === undefined) throw new Failure("sandbox/broken", `there is no system call filter for ${process.arch}`);
  const numbers = probedCalls(machine).map(String);
  const done = await stage.start(["/bin/bash", "-c", PROBE_SCRIPT, "probe", planted, String(port), ...numbers], {});
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
  const { processTreeDead } = await stage.close();
  const ms = Math.round(performance.now() - from);
  const says = processTreeDead ? `Everything inside was dead ${ms} ms after the kill.` : "Processes outlived the kill.";
  return { ...KILL_CHECK, ok: processTreeDead && ms <= LIMITS.killTimeoutMs, says };
};

const listening = (server: ReturnType<typeof createServer>): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : 0);
    });
  });

const probeOrder = async (folder: string): Promise<StageOrder> => {
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

const PROBE_LIMITS: RunLimits = {
  wallMs: LIMITS.sandboxProbeTimeoutMs,
  idleMs: LIMITS.sandboxProbeTimeoutMs,
  processesMax: 50,
  descriptorsMax: 256,
  fileBytesMax: 1_048_576,
  dataBytesMax: 1_073_741_824,
  scratchBytesMax: 1_048_576,
  scratchInodesMax: 100,
  tmpBytesMax: 1_048_576,
  outputBytesMax: 65_536,
  changedFilesMax: 0,
  patchBytesMax: 0,
  committedFileBytesMax: 0,
};
