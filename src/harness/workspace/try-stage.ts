import type { ConfinedStage, Ended } from "../../seams/sandbox.ts";
import { assignmentOf } from "../../workflow/backend/assignment.ts";
import { runId, type WorkId } from "../../workflow/ids.ts";
import type { Changes } from "../../workflow/policy/changes.ts";
import { judgedRows, type JudgedChange } from "../../workflow/policy/judge-changes.ts";
import { refusal, type Refusal } from "../../workflow/refusal.ts";
import { ok, refusalsOf, type Result } from "../../workflow/result.ts";
import type { CanaryPass } from "../../workflow/vocabulary.ts";
import type { PassedCanaries } from "../../workflow/workspace/canary.ts";
import { openRelayDesk } from "../backend/relay-desk.ts";
import { UNKEPT } from "../backend/unkept.ts";
import { ruleLines } from "../home/documents.ts";
import { readFacts, refuseAll } from "../home/read-facts.ts";
import type { World } from "../world.ts";
import { agentStageOrder, type StageGround } from "./agent-stage.ts";
import { canaryGround, confinementRefusals, isConfined, passCanaries } from "./canaries.ts";
import { confinedHere } from "./confined-here.ts";
import { closingAfter } from "./stage-data.ts";

/** A command to be tried, and who takes what it says. */
export interface TryOrder {
  readonly work: WorkId;
  readonly argv: readonly string[];
  readonly input: Uint8Array;
  /** Its input stays open after the last byte of it, until it ends or is stopped. */
  readonly inputStays?: true;
  readonly heard: (stream: "stdout" | "stderr", bytes: Uint8Array) => void;
  readonly signal: AbortSignal;
}

/** What a command came to in the stage of an agent. Nothing of it is recorded, exported or committed. */
export interface Tried {
  readonly confinement: StageGround["confinement"];
  /** "never-begun": a canary fell before it, as it would before an agent. */
  readonly ended: Ended | "never-begun";
  readonly processTreeDead: boolean;
  /** The passes before and after, as a run has them. */
  readonly canaries: readonly PassedCanaries[];
  /** Why a run in which an agent did the same would be voided by its sandbox: canaries that fell, a limit. */
  readonly voids: readonly Refusal[];
  readonly limits: readonly { readonly name: string; readonly value: number; readonly guard: string }[];
  /** The data of each `sandbox.attempt` that a run would have recorded. */
  readonly attempts: readonly Readonly<Record<string, unknown>>[];
  /** What it left in the Workspace, each with the verdict that a run would give. */
  readonly journal: readonly JudgedChange[];
  /** Paths of which the two detectors of change do not say the same; any of them would void a run. */
  readonly disagreements: readonly string[];
  /** A bound of the harvest that was met: then the journal tells of nothing. */
  readonly harvestLimit: string | undefined;
}

/** Runs one command in the very stage that a run of this work item would get. It needs an admission and no approval. */
export const tryStage = async (world: World, order: TryOrder): Promise<Result<Tried, Refusal>> => {
  const { drawn, authority, admission } = await readFacts(world, order.work);
  if (!drawn.ok || !authority.ok || !admission.ok) return refuseAll([drawn, authority, admission].flatMap(refusalsOf));
  const confinement = await confinedHere(world);
  const { contract, packet } = drawn.value;
  const ground: StageGround = {
    // No run has this number; what tries lay has names of its own.
    run: runId(order.work, 0),
    contract,
    authority: authority.value,
    admission: admission.value,
    confinement,
  };
  const tried = await tryOn(world, ground, order);
  const basePaths = tried.basePaths;
  const journal = judgedRows(
    { contract, authority: authority.value, basePaths, lines: ruleLines(packet) },
    tried.changes,
  );
  const { disagreements, limit } = tried.changes;
  return ok({ ...tried, confinement, journal, disagreements, harvestLimit: limit });
};

type Seen = Pick<Tried, "ended" | "processTreeDead" | "canaries" | "voids" | "limits" | "attempts"> & {
  readonly changes: Changes;
  readonly basePaths: readonly string[];
};

const tryOn = async (world: World, ground: StageGround, order: TryOrder): Promise<Seen> => {
  const { contract, authority, admission } = ground;
  const attempts: Readonly<Record<string, unknown>>[] = [];
  const desk = await openRelayDesk(
    world,
    ground,
    {
      recorder: { record: ({ type, data }) => void (type === "sandbox.attempt" && attempts.push(data)) },
      redactor: UNKEPT,
      logs: { keep: () => undefined },
    },
    // Without an approval no model is asked: its key and its budget belong to runs.
    "no-model",
  );
  const workspace = await world.target.openWorkspace(ground, admission.observation.tree, "agent");
  try {
    const kind = contract.executionGate.backend;
    const backend = world.backendOf(kind, authority);
    const isHere = backend !== undefined && (await backend.probe()).ok;
    const needs = isHere
      ? await backend.needs(assignmentOf(contract, ground.run, authority.limits))
      : { readOnlyHostPaths: [], files: [] };
    const stage = await world.sandbox.open(agentStageOrder(world, ground, { workspace, desk, backend: kind, needs }));
    const canaries = canaryGround(world, admission.observation.realPath, desk.holds);
    const pass = (which: CanaryPass): Promise<PassedCanaries> =>
      passCanaries({ stage, sandbox: 0, ground: canaries }, which, UNRECORDED, UNKEPT);
    const run = async (): Promise<Seen> => {
      const before = await pass("before");
      desk.agentRuns(true);
      const ended = isConfined([before]) ? await runIn(stage, order) : "never-begun";
      const { processTreeDead, limit } = await stage.quiet();
      desk.agentRuns(false);
      const changes = await world.target.harvest(ground, workspace, stage.files);
      const passes = ended === "never-begun" ? [before] : [before, await pass("after")];
      return {
        ended: ended === "never-begun" || limit === undefined ? ended : { ...ended, limit },
        processTreeDead,
        canaries: passes,
        voids: [
          ...confinementRefusals(passes, limit === undefined ? "refused" : "told"),
          ...(limit === undefined ? [] : [refusal("workspace/limit-reached", { limit })]),
        ],
        limits: stage.description.limits,
        attempts,
        changes,
        basePaths: workspace.entries.filter(({ mode }) => mode !== "040000").map((entry) => entry.path),
      };
    };
    return await closingAfter(stage, run());
  } finally {
    await desk.close();
    await world.target.closeWorkspace(workspace);
    await world.target.forgetWorkspace(workspace);
  }
};

/** Nothing of a try is kept. */
const UNRECORDED = { record: () => undefined, flush: () => Promise.resolve() };

const runIn = async (stage: ConfinedStage, order: TryOrder): Promise<Ended> => {
  const confined = await stage.start(order.argv, {});
  order.signal.addEventListener("abort", () => void confined.stop());
  // An end that was asked for while the stage was made is told to nobody else.
  if (order.signal.aborted) void confined.stop();
  const drain = async (name: "stdout" | "stderr"): Promise<void> => {
    for await (const bytes of confined[name]) order.heard(name, bytes);
  };
  const fed = feed(confined.stdin, order);
  const [ended] = await Promise.all([confined.ended, drain("stdout"), drain("stderr"), fed]);
  return ended;
};

// A command that reads nothing closes its input first, which is no mistake of anybody.
const feed = async (stdin: WritableStream<Uint8Array>, { input, inputStays }: TryOrder): Promise<void> => {
  const writer = stdin.getWriter();
  try {
    if (input.length > 0) await writer.write(input);
    if (inputStays === undefined) await writer.close();
  } catch {
    return;
  }
};
