import path from "node:path";

import type { Room } from "../seams/backend.ts";
import type { ConfinedStage, StageDescription } from "../seams/sandbox.ts";
import { assignmentOf } from "../workflow/backend/assignment.ts";
import type { Attempt, Intent } from "../workflow/backend/attempt.ts";
import { canonicalJson, digestOf } from "../workflow/digest.ts";
import { Failure } from "../workflow/failure.ts";
import type { Permit } from "../workflow/gate/permit.ts";
import type { Oid } from "../workflow/ids.ts";
import type { Instant } from "../workflow/instant.ts";
import { LIMITS } from "../workflow/limits.ts";
import type { Changes } from "../workflow/policy/changes.ts";
import type { DeniedAttempt } from "../workflow/policy/judge-changes.ts";
import { judgeIntent } from "../workflow/policy/judge-intent.ts";
import { AGENT_CONFIG_PATHS } from "../workflow/workspace/agent-config.ts";
import type { Recorder } from "./recorder.ts";
import type { World } from "./world.ts";

/** What one performance left behind: the agent's claims apart from what the Harness saw. */
export interface Performed {
  readonly attempt: Attempt;
  readonly changes: Changes;
  readonly denied: readonly DeniedAttempt[];
  readonly basePaths: readonly string[];
  readonly stage: StageDescription;
  readonly performance: number;
  readonly alive: number;
  /** Right before the agent could write. */
  readonly firstWriteAt: Instant;
  readonly headBeforeFirstWrite: Oid;
}

/** The agent in its sandbox, once: workspace, stage, performance, proof of death, harvest. */
export const perform = async (
  world: World,
  permit: Permit,
  recorder: Recorder,
  performance: number,
  signal: AbortSignal,
): Promise<Performed> => {
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
    method: "copy of raw blobs, without .git",
    performance,
    // The log folder of the last performance has the plain name; raw places told so far are of the one before.
    ...(performance === 1 ? {} : { logsOfTheOneBefore: `backend/attempt-${performance - 1}` }),
  });

  const logs = world.host.openRawLogs(permit.run, performance, LIMITS.framesBytesMax);
  const denied: DeniedAttempt[] = [];
  const stage = await world.sandbox.open({
    purpose: "agent",
    limits: authority.limits,
    workspace,
    checkout: (owner, use) => world.target.checkout(permit, workspace, owner, use),
    // Case keeps its task and its log in the Workspace; whatever lies there is scratch and never exported.
    writable: backend.kind === "case" ? [...contract.allowedPaths, ".case/"] : contract.allowedPaths,
    masked: [...contract.forbiddenPaths, ...authority.baseForbiddenPaths, ...AGENT_CONFIG_PATHS],
    readOnly: [],
    uidBase: authority.uidBase,
    ...withToolchains(await backend.needs(assignment), authority.toolchains),
  });
  observed("sandbox.started", { ...stageData(stage.description), performance });
  await recorder.flush();

  const firstWriteAt = world.clock.now();
  let started = 0;
  const room: Room = {
    start: async (argv, env) => {
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
      const verdict = judgeIntent(contract, authority, intent);
      if (!verdict.allowed) {
        denied.push({ action: verdict.action ?? kindOf(intent), rule: verdict.rule });
        recorder.record({
          type: "sandbox.attempt",
          subject: `attempt/${denied.length}`,
          trust: "harness-observed",
          data: {
            class: "prevented",
            kind: kindOf(intent),
            action: verdict.action,
            rule: verdict.rule,
            detail: detailOf(intent),
          },
        });
      }
      return verdict;
    },
    tell: (event) =>
      recorder.record({
        type: event.type,
        subject: event.subject,
        trust: event.trust,
        data:
          event.raw === undefined
            ? event.data
            : { ...event.data, raw: { ...event.raw, file: `backend/${event.raw.file}` } },
      }),
    keep: (log, bytes) => logs.keep(log, bytes),
    signal,
  };

  const beat = setInterval(() => void recorder.flush().catch(() => undefined), 250);
  let attempt: Attempt;
  try {
    attempt = await backend.perform(assignment, room);
  } catch (error) {
    const { processTreeDead, alive } = await stage.close();
    observed("backend.exited", { stop: "broken", said: error instanceof Error ? error.message : "", processTreeDead });
    if (!processTreeDead)
      throw new Failure("sandbox/broken", `${alive} processes of the run are still alive.`, { cause: error });
    await world.target.closeWorkspace(workspace);
    throw error;
  } finally {
    clearInterval(beat);
  }
  const report = await stage.quiet();
  observed("backend.exited", {
    stop: attempt.stop,
    said: attempt.said,
    limit: attempt.limit ?? report.limit,
    processTreeDead: report.processTreeDead,
  });
  if (!report.processTreeDead)
    throw new Failure("sandbox/broken", `${report.alive} processes of the run are still alive.`);

  const changes = await closingAfter(stage, world.target.harvest(permit, workspace, stage.files));
  observed("workspace.collected", {
    manifestSha256: changes.harvest,
    files: changes.files,
    bytes: changes.bytes,
    processTreeDead: true,
  });
  observed("diff.captured", {
    files: changes.changes.map(({ path: name, kind, before, after }) => ({
      path: name,
      change: kind,
      oldSha256: before?.sha256,
      newSha256: after?.sha256,
    })),
  });
  const basePaths = workspace.entries.filter(({ mode }) => mode !== "040000").map((entry) => entry.path);
  await world.target.closeWorkspace(workspace);
  const limit = attempt.limit ?? report.limit;
  return {
    attempt: limit === undefined ? attempt : { ...attempt, limit },
    changes,
    denied,
    basePaths,
    stage: stage.description,
    performance,
    alive: report.alive,
    firstWriteAt,
    headBeforeFirstWrite: permit.admission.observation.head,
  };
};

const withToolchains = <T extends { readonly readOnlyHostPaths: readonly string[] }>(
  needs: T,
  toolchains: readonly string[],
): T => ({
  ...needs,
  readOnlyHostPaths: [...toolchains.map((folder) => path.normalize(folder)), ...needs.readOnlyHostPaths],
});

export const stageData = (stage: StageDescription): Parameters<Recorder["record"]>[0]["data"] => ({
  purpose: stage.purpose,
  confinement: stage.confinement,
  uid: stage.uid,
  argsSha256: stage.argsSha256,
  seccompSha256: stage.seccompSha256,
  network: "none",
  writableParents: [...stage.writableParents],
  pins: stage.pins.length,
  masks: [...stage.masks],
});

/** What is read of a stage's files is read before they are gone; the stage ends whether or not it could be. */
export const closingAfter = async <T>(stage: ConfinedStage, reading: Promise<T>): Promise<T> => {
  try {
    return await reading;
  } finally {
    await stage.close();
  }
};

const kindOf = (intent: Intent): string => `workspace/${intent.kind}-refused`;

const detailOf = (intent: Intent): string => {
  switch (intent.kind) {
    case "read":
    case "write":
    case "delete":
      return intent.path;
    case "move":
      return `${intent.from} -> ${intent.to}`;
    case "run":
      return intent.line;
    case "fetch":
      return intent.url;
    case "other":
      return intent.title;
  }
};
