import type { Room } from "../../seams/backend.ts";
import type { StageDescription } from "../../seams/sandbox.ts";
import { assignmentOf } from "../../workflow/backend/assignment.ts";
import type { Attempt } from "../../workflow/backend/attempt.ts";
import { canonicalJson, digestOf } from "../../workflow/digest.ts";
import { readEventLine } from "../../workflow/evidence/event-line.ts";
import { seenMediation } from "../../workflow/evidence/seen-mediation.ts";
import { Failure } from "../../workflow/failure.ts";
import type { Permit } from "../../workflow/gate/permit.ts";
import type { Oid } from "../../workflow/ids.ts";
import type { Instant } from "../../workflow/instant.ts";
import { LIMITS } from "../../workflow/limits.ts";
import type { Changes } from "../../workflow/policy/changes.ts";
import type { DeniedAttempt, Mediated, SecretInChange } from "../../workflow/policy/judge-changes.ts";
import { intentJudge } from "../../workflow/policy/judge-intent.ts";
import type { CanaryPass } from "../../workflow/vocabulary.ts";
import type { PassedCanaries } from "../../workflow/workspace/canary.ts";
import type { Recorder } from "../run/recorder.ts";
import { capturedFiles } from "../validation/captured-files.ts";
import { agentStageOrder } from "../workspace/agent-stage.ts";
import { canaryGround, isConfined, neverBegun, passCanaries } from "../workspace/canaries.ts";
import { closingAfter, openHosts, stageData } from "../workspace/stage-data.ts";
import type { World } from "../world.ts";
import { detailOf, kindOf } from "./intent-words.ts";
import { redactedLogs, type RedactedLogs } from "./redacted-logs.ts";
import type { Redactor } from "./redactor.ts";
import { openRelayDesk, type RelayDesk } from "./relay-desk.ts";

/** What one performance left behind: the agent's claims apart from what the Harness saw. */
export interface Performed {
  readonly attempt: Attempt;
  readonly changes: Changes;
  readonly denied: readonly DeniedAttempt[];
  /** Not in what was recorded by a build that did not look. */
  readonly mediation?: Mediated;
  /** Secrets in what could be committed. */
  readonly secrets: readonly SecretInChange[];
  readonly basePaths: readonly string[];
  readonly stage: StageDescription;
  readonly canaries: readonly PassedCanaries[];
  readonly performance: number;
  readonly alive: number;
  /** Right before the agent could write. */
  readonly firstWriteAt: Instant;
  readonly headBeforeFirstWrite: Oid;
}

export interface Performance {
  readonly world: World;
  readonly permit: Permit;
  readonly recorder: Recorder;
  readonly redactor: Redactor;
  readonly performance: number;
  readonly signal: AbortSignal;
}

/** The agent in its sandbox, once: relay, workspace, stage, performance, proof of death, harvest. */
export const perform = async (order: Performance): Promise<Omit<Performed, "secrets">> => {
  const { world, permit, recorder, redactor, performance } = order;
  const logs = redactedLogs(world.host.openRawLogs(permit.run, performance, LIMITS.framesBytesMax), redactor);
  const desk = await openRelayDesk(world, permit, { recorder, redactor, logs });
  try {
    return await performBehind({ desk, logs }, order);
  } finally {
    await desk.close();
    logs.end();
  }
};

const performBehind = async (
  { desk, logs }: { readonly desk: RelayDesk; readonly logs: RedactedLogs },
  { world, permit, recorder, redactor, performance, signal }: Performance,
): Promise<Omit<Performed, "secrets">> => {
  const { contract, authority } = permit;
  const backend = world.backendOf(contract.executionGate.backend, authority);
  if (backend === undefined)
    throw new Failure("backend/crashed", "The backend vanished between the gate and its start.");
  const assignment = assignmentOf(contract, permit.run, authority.limits);
  const workspace = await world.target.openWorkspace(permit, permit.admission.observation.tree, "agent");
  const observed = (
    type: "workspace.prepared" | "workspace.collected" | "sandbox.started" | "backend.exited" | "diff.captured",
    data: Parameters<Recorder["record"]>[0]["data"],
  ): void => recorder.record({ type, subject: "run", trust: "harness-observed", data });
  observed("workspace.prepared", {
    baseCommit: permit.admission.observation.head,
    baseTree: workspace.tree,
    files: workspace.entries.filter(({ mode }) => mode !== "040000").length,
    method: permit.confinement === "A" ? "overlay over raw blobs, without .git" : "copy of raw blobs, without .git",
    performance,
    // The log folder of the last performance has the plain name; raw places told so far are of the one before.
    ...(performance === 1 ? {} : { logsOfTheOneBefore: `backend/attempt-${performance - 1}` }),
  });

  const needs = await backend.needs(assignment);
  const order = agentStageOrder(world, permit, { workspace, desk, backend: backend.kind, needs });
  const stage = await world.sandbox.open(order);
  observed("sandbox.started", {
    ...stageData(stage.description),
    network: "relay",
    ...openHosts(contract.allowedHosts),
    performance,
  });
  await recorder.flush();

  const firstWriteAt = world.clock.now();
  let started = 0;
  let performed = false;
  const judge = intentJudge(contract, authority);
  const room: Room = {
    start: async (argv, env) => {
      if (performed) throw new Failure("backend/crashed", "The backend wanted to start something after its end.");
      desk.agentRuns(true);
      const confined = await stage.start(argv, env);
      started += 1;
      if (started === 1)
        recorder.record({
          type: "backend.started",
          subject: "run",
          trust: "harness-observed",
          data: {
            kind: backend.kind,
            argv: [...argv],
            cwd: stage.inside,
            envNames: Object.keys(env).sort(),
            assignmentSha256: digestOf(canonicalJson(assignment)),
            promptSha256: digestOf(assignment.words),
            pid: confined.pid,
          },
        });
      await recorder.flush();
      return confined;
    },
    judge: (intent) => {
      const verdict = judge(intent);
      if (!verdict.allowed)
        desk.attempted({
          class: "prevented",
          kind: kindOf(intent),
          action: verdict.action,
          rule: verdict.rule,
          detail: detailOf(intent),
        });
      return verdict;
    },
    tell: (event) =>
      recorder.record({
        type: event.type,
        subject: event.subject,
        trust: event.trust,
        at: event.at,
        data:
          event.raw === undefined
            ? event.data
            : { ...event.data, raw: { ...event.raw, file: `backend/${event.raw.file}` } },
      }),
    now: () => world.clock.now().epochMs,
    keep: (log, bytes) => logs.stream(log, bytes),
    frames: {
      line: (text) => redactor.jsonLine(text, FRAMES),
      text: (text) => redactor.text(text, FRAMES),
      open: () => redactor.openText(FRAMES),
      keep: (line) => logs.keep("frames.jsonl", line),
    },
    offerTools: (tools) => desk.offerTools(tools),
    overspent: () => desk.overspent(),
    signal,
  };

  const ground = canaryGround(world, permit.admission.observation.realPath, desk.holds);
  const pass = (which: CanaryPass): Promise<PassedCanaries> =>
    passCanaries({ stage, sandbox: 0, ground }, which, recorder, redactor);
  const beat = setInterval(() => void recorder.flush().catch(() => undefined), 250);
  let before: PassedCanaries;
  let attempt: Attempt;
  try {
    before = await pass("before");
    attempt = isConfined([before]) ? await backend.perform(assignment, room) : neverBegun(permit.backend);
  } catch (error) {
    const { processTreeDead, alive } = await stage.close();
    observed("backend.exited", { stop: "broken", said: error instanceof Error ? error.message : "", processTreeDead });
    if (!processTreeDead)
      throw new Failure("sandbox/broken", `${alive} processes of the run are still alive.`, { cause: error });
    await world.target.closeWorkspace(workspace);
    throw error;
  } finally {
    performed = true;
    desk.offerTools(undefined);
    clearInterval(beat);
  }
  const report = await stage.quiet();
  desk.agentRuns(false);
  if (isConfined([before]))
    observed("backend.exited", {
      stop: attempt.stop,
      said: attempt.said,
      limit: attempt.limit ?? report.limit ?? desk.limit(),
      processTreeDead: report.processTreeDead,
    });
  if (!report.processTreeDead)
    throw new Failure("sandbox/broken", `${report.alive} processes of the run are still alive.`);

  const harvestAndPass = async (): Promise<readonly [Changes, readonly PassedCanaries[]]> => [
    await world.target.harvest(permit, workspace, stage.files),
    isConfined([before]) ? [before, await pass("after")] : [before],
  ];
  const [changes, canaries] = await closingAfter(stage, harvestAndPass());
  // What the agent had still said and used up counts, though it is gone.
  await desk.close();
  observed("workspace.collected", {
    harvestSha256: changes.harvest,
    files: changes.files,
    bytes: changes.bytes,
    processTreeDead: true,
    limit: changes.limit,
  });
  observed("diff.captured", { files: capturedFiles(changes.changes, permit.authority.scratchPaths) });
  const mediation = {
    seen: seenMediation(recorder.lines().map(readEventLine)),
    unasked: attempt.unasked,
    ...(desk.foreignTools.length === 0 ? {} : { foreignTools: [...desk.foreignTools] }),
  };
  const basePaths = workspace.entries.filter(({ mode }) => mode !== "040000").map((entry) => entry.path);
  await world.target.closeWorkspace(workspace);
  const limit = attempt.limit ?? report.limit ?? desk.limit();
  const shown = redactor.within(attempt, "report.json");
  return {
    attempt: limit === undefined ? shown : { ...shown, limit },
    changes,
    denied: desk.denied,
    mediation,
    basePaths,
    stage: stage.description,
    canaries,
    performance,
    alive: report.alive,
    firstWriteAt,
    headBeforeFirstWrite: permit.admission.observation.head,
  };
};

const FRAMES = "backend/frames.jsonl";
