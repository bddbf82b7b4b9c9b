import type { Backend, Room } from "../../seams/backend.ts";
import { assignmentOf } from "../../workflow/backend/assignment.ts";
import { readFrame, type Frame } from "../../workflow/backend/frame.ts";
import type { Effect, Session } from "../../workflow/evidence/replay-session.ts";
import { Failure } from "../../workflow/failure.ts";
import type { Permit } from "../../workflow/gate/permit.ts";
import { LIMITS } from "../../workflow/limits.ts";
import type { Change } from "../../workflow/policy/changes.ts";
import { intentJudge } from "../../workflow/policy/judge-intent.ts";
import { openRelayDesk } from "../backend/relay-desk.ts";
import { UNKEPT, UNKEPT_FRAMES } from "../backend/unkept.ts";
import { gitMode } from "../validation/captured-files.ts";
import { agentStageOrder } from "../workspace/agent-stage.ts";
import { canaryGround, isConfined, passCanaries } from "../workspace/canaries.ts";
import { closingAfter } from "../workspace/stage-data.ts";
import type { World } from "../world.ts";

/** Who performs, and whether a model stands behind the relay. */
export interface Play {
  readonly backend: Backend;
  readonly model: "model" | "no-model";
  /** Ends it at once. */
  readonly signal: AbortSignal | undefined;
}

/** The performance of then once more: the same judge, hand, sandbox and bounds, and nothing recorded. */
export const playInScratch = async (
  world: World,
  permit: Permit,
  { backend, model, signal = new AbortController().signal }: Play,
): Promise<Session> => {
  const { contract, authority, run } = permit;
  const limits = { ...authority.limits, idleMs: Math.min(authority.limits.idleMs, LIMITS.replayIdleMs) };
  const assignment = assignmentOf(contract, run, limits);
  const silent = { record: () => undefined, flush: () => Promise.resolve() };
  const desk = await openRelayDesk(
    world,
    permit,
    { recorder: silent, redactor: UNKEPT, logs: { keep: () => undefined } },
    model,
  );
  try {
    signal.throwIfAborted();
    const workspace = await world.target.openWorkspace(permit, permit.admission.observation.tree, "agent");
    const needs = await backend.needs(assignment);
    const kind = contract.executionGate.backend;
    const stage = await world.sandbox.open(agentStageOrder(world, permit, { workspace, desk, backend: kind, needs }));
    const kept: Uint8Array[] = [];
    const room: Room = {
      start: (argv, env) => {
        desk.agentRuns(true);
        return stage.start(argv, env);
      },
      judge: intentJudge(contract, authority),
      tell: () => undefined,
      now: () => world.clock.now().epochMs,
      keep: () => undefined,
      // What was taken out of the frames is a word like any other here.
      frames: { ...UNKEPT_FRAMES, keep: (line) => void kept.push(line) },
      offerTools: (tools) => desk.offerTools(tools),
      overspent: () => desk.overspent(),
      signal,
    };
    const perform = async (): Promise<Session> => {
      const ground = canaryGround(world, permit.admission.observation.realPath, desk.holds);
      if (!isConfined([await passCanaries({ stage, sandbox: 0, ground }, "before", silent, UNKEPT)]))
        throw new Failure("sandbox/broken", "A canary fell before the session was played: nothing was started.");
      await backend.perform(assignment, room);
      const { processTreeDead, alive } = await stage.quiet();
      desk.agentRuns(false);
      if (!processTreeDead) throw new Failure("sandbox/broken", `${alive} processes of the session are still alive.`);
      const { changes } = await world.target.harvest(permit, workspace, stage.files);
      const played = new TextDecoder()
        .decode(Buffer.concat(kept))
        .split("\n")
        .filter((line) => line !== "");
      return { frames: framesIn(played), effects: changes.map(effectOf) };
    };
    return await closingAfter(stage, perform());
  } finally {
    await desk.close();
  }
};

export const framesIn = (lines: readonly string[]): readonly Frame[] => lines.flatMap((line) => readFrame(line) ?? []);

const effectOf = ({ path, kind, after }: Change): Effect => ({
  path,
  change: kind,
  sha256: after?.sha256 ?? "none",
  mode: gitMode(after),
});
