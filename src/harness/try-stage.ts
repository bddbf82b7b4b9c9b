import type { Ended } from "../seams/sandbox.ts";
import { assignmentOf } from "../workflow/backend/assignment.ts";
import { Failure } from "../workflow/failure.ts";
import { runId, type WorkId } from "../workflow/ids.ts";
import type { Changes } from "../workflow/policy/changes.ts";
import { judgedRows, type JudgedChange } from "../workflow/policy/judge-changes.ts";
import type { Refusal } from "../workflow/refusal.ts";
import { ok, refusalsOf, type Result } from "../workflow/result.ts";
import { agentStageOrder, type StageGround } from "./agent-stage.ts";
import { ruleLines } from "./documents.ts";
import { readFacts, refuseAll } from "./read-facts.ts";
import { openRelayDesk } from "./relay-desk.ts";
import { closingAfter } from "./stage-data.ts";
import type { World } from "./world.ts";

/** A command to be tried, and who takes what it says. */
export interface TryOrder {
  readonly work: WorkId;
  readonly argv: readonly string[];
  readonly input: Uint8Array;
  readonly heard: (stream: "stdout" | "stderr", bytes: Uint8Array) => void;
  readonly signal: AbortSignal;
}

/** What a command came to in the stage of an agent. Nothing of it is recorded, exported or committed. */
export interface Tried {
  readonly confinement: StageGround["confinement"];
  readonly ended: Ended;
  readonly processTreeDead: boolean;
  readonly limits: readonly { readonly name: string; readonly value: number; readonly guard: string }[];
  /** The data of each `sandbox.attempt` that a run would have recorded. */
  readonly attempts: readonly Readonly<Record<string, unknown>>[];
  /** What it left in the Workspace, each with the verdict that a run would give. */
  readonly journal: readonly JudgedChange[];
  /** A bound of the harvest that was met: then the journal tells of nothing. */
  readonly harvestLimit: string | undefined;
}

/** Runs one command in the very stage that a run of this work item would get. It needs an admission and no approval. */
export const tryStage = async (world: World, order: TryOrder): Promise<Result<Tried, Refusal>> => {
  const { drawn, authority, admission } = await readFacts(world, order.work);
  if (!drawn.ok || !authority.ok || !admission.ok) return refuseAll([drawn, authority, admission].flatMap(refusalsOf));
  const { confinement, checks } = await world.sandbox.probe();
  if (confinement === "none") {
    const tried = checks.filter((check) => !check.ok).map(({ says }) => says);
    throw new Failure("sandbox/broken", `no sandbox works here: ${tried.join(" ")}`);
  }
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
  return ok({ ...tried, confinement, journal, harvestLimit: tried.changes.limit });
};

type Seen = Pick<Tried, "ended" | "processTreeDead" | "limits" | "attempts"> & {
  readonly changes: Changes;
  readonly basePaths: readonly string[];
};

const tryOn = async (world: World, ground: StageGround, order: TryOrder): Promise<Seen> => {
  const { contract, authority, admission } = ground;
  const attempts: Readonly<Record<string, unknown>>[] = [];
  const desk = await openRelayDesk(
    world,
    ground,
    { record: ({ type, data }) => void (type === "sandbox.attempt" && attempts.push(data)) },
    { keep: () => undefined },
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
    const run = async (): Promise<Seen> => {
      desk.agentRuns(true);
      const confined = await stage.start(order.argv, {});
      order.signal.addEventListener("abort", () => void confined.stop());
      // An end that was asked for while the stage was made is told to nobody else.
      if (order.signal.aborted) void confined.stop();
      const drain = async (name: "stdout" | "stderr"): Promise<void> => {
        for await (const bytes of confined[name]) order.heard(name, bytes);
      };
      const fed = feed(confined.stdin, order.input);
      const [ended] = await Promise.all([confined.ended, drain("stdout"), drain("stderr"), fed]);
      const { processTreeDead, limit } = await stage.quiet();
      desk.agentRuns(false);
      return {
        ended: limit === undefined ? ended : { ...ended, limit },
        processTreeDead,
        limits: stage.description.limits,
        attempts,
        changes: await world.target.harvest(ground, workspace, stage.files),
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

// A command that reads nothing closes its input first, which is no mistake of anybody.
const feed = async (stdin: WritableStream<Uint8Array>, input: Uint8Array): Promise<void> => {
  const writer = stdin.getWriter();
  try {
    if (input.length > 0) await writer.write(input);
    await writer.close();
  } catch {
    return;
  }
};
