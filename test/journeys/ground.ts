import { mkdtemp, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

import { makeKey } from "../../src/adapters/keys/make-key.ts";
import { makeSample } from "../../src/adapters/target/make-sample.ts";
import { SAMPLE_FILES } from "../../src/cli/demo/sample.ts";
import { compose, makeHome } from "../../src/compose.ts";
import { admitTarget } from "../../src/harness/admission/admit-target.ts";
import { recordApproval } from "../../src/harness/approval/approve.ts";
import { present } from "../../src/harness/approval/present.ts";
import { run, type RunResult } from "../../src/harness/run/run.ts";
import type { World } from "../../src/harness/world.ts";
import type { BackendKind } from "../../src/workflow/contract/contract.ts";
import { switchesOf } from "../../src/workflow/gate/switches.ts";
import { workId, type WorkId } from "../../src/workflow/ids.ts";
import { packetPath, writePacket, type PacketFields } from "../../src/workflow/packet/write-packet.ts";
import type { Refusal } from "../../src/workflow/refusal.ts";
import type { Result } from "../../src/workflow/result.ts";

/** A home, an owner's key and a target of the seed's shape in one temporary folder, with real parts everywhere. */
export interface Ground {
  readonly root: string;
  readonly home: string;
  readonly target: string;
  /** Private key of the owner `jp`. */
  readonly key: string;
  readonly work: WorkId;
  readonly packet: string;
  /** Steps that the scripted agent plays from now on. */
  plays(steps: readonly object[]): Promise<void>;
  /** Replaces text in a file of the home. */
  edit(file: string, from: string, to: string): Promise<void>;
  open(environment?: Readonly<Record<string, string>>): Promise<World>;
  close(): Promise<void>;
}

export const ADMISSION = ".sot/03-PROTOCOLS/CTO-SAMPLE-TARGET-ADMISSION.json";
export const POLICY = ".sot/authority/policy.yaml";
const NAME = "cto-sample-approval-packet";

export const HONEST_STEPS: readonly object[] = [
  {
    edit: "src/strings.py",
    old: 'return text.lower().replace(" ", "-")',
    new: 'return "-".join(text.lower().split())',
  },
  {
    write: "test_strings.py",
    content: `${SAMPLE_FILES["test_strings.py"] ?? ""}

def test_src_repeated_whitespace():
    assert src_strings.slugify("a  b") == "a-b"
`,
  },
];

export const makeGround = async (
  fields: Partial<PacketFields> = {},
  files: Readonly<Record<string, string>> = SAMPLE_FILES,
  below: string = tmpdir(),
): Promise<Ground> => {
  const root = await realpath(await mkdtemp(path.join(below, "cto-journey-")));
  const home = path.join(root, "home");
  const target = path.join(root, "target");
  const key = path.join(root, "owner-key");
  await makeSample(target, files);
  await makeKey(key, "owner");
  await makeHome({ folder: home, owner: "jp", publicKey: await readFile(`${key}.pub`, "utf8") });
  const work = fields.work ?? idOf("CTO-WORK-049");
  const packet = packetPath(NAME);
  await writeFile(path.join(home, packet), writePacket({ ...packetFields(target, work), ...fields }));
  const ground: Ground = {
    root,
    home,
    target,
    key,
    work,
    packet,
    plays: (steps) => writeFile(path.join(home, ".sot/authority/steps.json"), JSON.stringify({ steps })),
    edit: async (file, from, to) => {
      const place = path.join(home, file);
      const text = await readFile(place, "utf8");
      if (!text.includes(from)) throw new Error(`${file} does not hold ${from}`);
      await writeFile(
        place,
        text.replace(from, () => to),
      );
    },
    open: async (environment = openSwitches("scripted")) =>
      probedOnce(await compose({ home, environment, terminal: false, mode: "write" })),
    close: () => rm(root, { recursive: true, force: true }),
  };
  await ground.plays(HONEST_STEPS);
  if (kept !== undefined) await writeFile(path.join(home, ".cto", PROBE), kept, { mode: 0o600 });
  return ground;
};

let probed: ReturnType<World["sandbox"]["probe"]> | undefined;

/** The machine is the same for every home of one test process, so it is probed once for all of them. */
const probedOnce = (world: World): World => ({
  ...world,
  sandbox: { ...world.sandbox, probe: () => (probed ??= probe(world)) },
});

const probe: (world: World) => ReturnType<World["sandbox"]["probe"]> = async ({ sandbox, stateFolder }) => {
  const found = await sandbox.probe();
  kept = await readFile(path.join(stateFolder, PROBE)).catch(() => undefined);
  return found;
};

/** What a home keeps of its probe for its next process; laid into every later home, for processes of their own. */
const PROBE = "sandbox-probe.json";
let kept: Uint8Array | undefined;

/** The environment that opens the gate of a backend. */
export const openSwitches = (kind: BackendKind, admission: string = ADMISSION): Readonly<Record<string, string>> => {
  const { allow, stage, admissionFile } = switchesOf(kind);
  return { [allow]: "1", [stage]: "5", [admissionFile]: admission };
};

export const admit = async (world: World, ground: Ground): Promise<void> => {
  const open = { id: undefined, owner: undefined, risk: undefined, stages: undefined, backends: undefined };
  const admitted = await admitTarget(world, {
    ...open,
    target: ground.target,
    expiresMs: 86_400_000,
    reason: "a test's own",
    key: ground.key,
  });
  if (!admitted.ok) throw new Error(`not admitted: ${admitted.refusals.map(({ code }) => code).join(", ")}`);
};

/** Approves by the exact sentence, or by other words and another key. */
export const approveBy = async (
  world: World,
  ground: Ground,
  words?: string,
  key: string = ground.key,
): Promise<readonly string[]> => {
  const shown = await present(world, ground.work);
  if (!shown.ok) return shown.refusals.map(({ code }) => code);
  const bytes = new TextEncoder().encode(words ?? shown.value.contract.requiredApproval);
  const recorded = await recordApproval(world, shown.value, { bytes, entry: "file", key, expiresMs: undefined });
  return recorded.ok ? [] : recorded.refusals.map(({ code }) => code);
};

export const runOnce = (
  world: World,
  ground: Ground,
  onLine: (line: string) => void = () => undefined,
  signal: AbortSignal = new AbortController().signal,
): Promise<Result<RunResult, Refusal>> => run(world, ground.work, signal, onLine);

/** The refusal codes that a run ended with; its ending first. */
export const endOf = (result: Result<RunResult, Refusal>): readonly string[] =>
  result.ok
    ? [result.value.ending.kind, ...result.value.ending.refusals.map(({ code }) => code)]
    : ["refused", ...result.refusals.map(({ code }) => code)];

/** One digest over the whole target, `.git` included. */
export const targetDigest = async (world: World, ground: Ground): Promise<string> => {
  const { manifest, controlPlane } = await world.target.fingerprint(ground.target);
  return `${manifest} ${controlPlane.digest} ${String(await world.host.fingerprint(ground.target))}`;
};

const idOf = (text: string): WorkId => {
  const id = workId(text);
  if (id === undefined) throw new Error(`${text} is no work id`);
  return id;
};

/** A packet of the seed's form for a target; what is not given stands as in the sample. */
export const packetFields = (target: string, work: WorkId): PacketFields => {
  const today = new Date().toISOString().slice(0, 10);
  return {
    name: NAME,
    title: "CTO Sample Approval Packet",
    description: "Approval packet of a test.",
    status: "validated",
    owner: "jp",
    source: ".sot/03-PROTOCOLS/CTO-SAMPLE-ISSUES.md",
    created: today,
    lastReviewed: today,
    work,
    target,
    admissionSource: ADMISSION,
    admissionStatus: "admitted",
    risk: "low_risk_noncritical",
    branch: "main",
    task: "align `src/strings.py` with `strings.py` and add coverage.",
    label: "src/strings.py slugify alignment",
    allowedPaths: ["src/strings.py", "test_strings.py"],
    extraForbiddenPaths: [],
    criteria: [
      "`src/strings.py` behaves like root `strings.py`.",
      "Target repository ends clean after Harness post-processing.",
      "Harness Evidence Interface artifacts exist.",
      "Hermes Control Surface can expose replay paths after execution.",
      "Runtime default activation remains false.",
    ],
    validation: ["python3", "-m", "pytest", "-q"],
    backend: "scripted",
    stage: 5,
  };
};
