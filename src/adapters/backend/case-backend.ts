import path from "node:path";

import type { Backend, Room } from "../../seams/backend.ts";
import type { Confined, Ended } from "../../seams/sandbox.ts";
import type { CaseProfile } from "../../workflow/authority.ts";
import type { Assignment } from "../../workflow/backend/assignment.ts";
import type { Attempt, BackendProbe } from "../../workflow/backend/attempt.ts";
import {
  CASE_TASK_FOLDER,
  caseArguments,
  caseEnvironment,
  caseEventsFolder,
  caseFiles,
} from "../../workflow/backend/case-layout.ts";
import { caseStory, type CaseStory } from "../../workflow/backend/normalize-case.ts";
import { Failure } from "../../workflow/failure.ts";
import { LIMITS } from "../../workflow/limits.ts";
import { refusal } from "../../workflow/refusal.ts";
import type { Upstream } from "../../workflow/relay-policy.ts";
import { after, ok, refuse } from "../../workflow/result.ts";
import { openCaseLog } from "./case-log.ts";
import { endedAttempt, lastOf, limitElse, type WatchedEnd } from "./ended-attempt.ts";
import { inspectCase, type InstalledCase } from "./find-case.ts";
import { openFrameLog } from "./frame-log.ts";
import { openHand } from "./hand.ts";
import { drain } from "./lines.ts";
import { insidePath, programBytes } from "./programs.ts";
import { openWatch, within } from "./watch.ts";

export interface CaseOptions {
  /** Absolute path of an installed `ca`, see `whichCase`. */
  readonly binary: () => string | undefined;
  /** The upstream that policy.yaml lets it reach. */
  readonly upstream: Pick<Upstream, "api" | "models"> | "none";
  readonly profile?: CaseProfile | undefined;
}

/** The only form in which we have Case ask: a provider of a name that its own agent does not know fails silently. */
const DIALECT = "anthropic";

/** Case, driven as a program: its event log is what it claims, its exit status is a claim too (backends.md 8). */
export const caseBackend = ({ binary, upstream, profile = "tiny" }: CaseOptions): Backend => ({
  kind: "case",
  probe: async () => {
    if (upstream !== "none" && upstream.api !== DIALECT) {
      const problem = `it speaks ${DIALECT}, and its upstream ${upstream.api}`;
      return refuse(refusal("backend/profile-invalid", { profile: "case", problem }));
    }
    return after(await inspectCase(binary()), (found) => ok(probeOf(found)));
  },
  needs: async (assignment) => {
    const found = await present(binary);
    const model = upstream === "none" ? "none" : (upstream.models[0] ?? "none");
    const laid = caseFiles(assignment, { model, profile }).map((file) => ({
      path: file.path,
      content: Buffer.from(file.content),
    }));
    return {
      readOnlyHostPaths: found.hostPaths,
      files: [...laid, { path: insidePath("hand.mjs"), content: await programBytes("hand.mjs") }],
    };
  },
  perform: async (assignment, room) => perform(await present(binary), assignment, room),
});

const probeOf = (found: InstalledCase): BackendProbe => ({
  profile: "case",
  version: found.version,
  binary: found.sha256,
  declared: "observe",
});

const present = async (binary: CaseOptions["binary"]): Promise<InstalledCase> => {
  const found = await inspectCase(binary());
  if (!found.ok) throw new Failure("backend/crashed", "The installed ca vanished between the gate and its start.");
  return found.value;
};

// Inside, so that nothing of ours writes into the Workspace: the task is copied to its place by the agent's own process.
const START = 'cp -R "$1/." .case && chmod -R u+w .case && PATH="$2$PATH" && export PATH && shift 2 && exec "$@"';

const startArgv = (found: InstalledCase, assignment: Assignment): readonly string[] => [
  "/bin/sh",
  "-c",
  START,
  "sh",
  CASE_TASK_FOLDER,
  found.needsNode ? `${path.dirname(process.execPath)}:` : "",
  found.file,
  ...caseArguments(assignment),
];

const perform = async (found: InstalledCase, assignment: Assignment, room: Room): Promise<Attempt> => {
  const story = caseStory();
  const log = openFrameLog(room, story, (limit) => watch.interrupt({ kind: "limit", limit }));
  let lastOutput = performance.now();
  const watch = openWatch(room, assignment.limits, () => Math.min(log.quietMs(), performance.now() - lastOutput));
  const confined = await room.start(startArgv(found, assignment), caseEnvironment(assignment));
  const take =
    (name: string) =>
    (bytes: Uint8Array): void => {
      lastOutput = performance.now();
      room.keep(name, bytes);
    };
  const outputs = Promise.allSettled([
    drain(confined.stdout, assignment.limits.outputBytesMax, take("stdout.log")),
    drain(confined.stderr, assignment.limits.outputBytesMax, take("stderr.log")),
  ]);
  await confined.stdin.close().catch(() => undefined);
  const hand = openHand(room);
  const over = Promise.withResolvers<void>();
  const onLimit = (limit: string): void => watch.interrupt({ kind: "limit", limit });
  const following = openCaseLog(hand, caseEventsFolder(assignment), log, onLimit).follow(over.promise);
  following.catch((error: unknown) => watch.interrupt({ kind: "broken", error }));
  try {
    const first = await Promise.race([confined.ended, watch.interrupted, finished(story, confined)]);
    if ("kind" in first && first.kind === "cancel") log.own({ did: "cancelled", reason: first.reason });
    const start = performance.now();
    await confined.stop();
    if ("kind" in first && first.kind === "cancel")
      log.own({ did: "settled", ms: Math.round(performance.now() - start), forced: true });
    over.resolve();
    if (!("kind" in first) || first.kind !== "broken") await following;
    return attemptOf(probeOf(found), story, limitElse(await confined.ended, lastOf(first, watch)));
  } finally {
    watch.end();
    over.resolve();
    await confined.stop();
    await hand.close();
    await within(LIMITS.killTimeoutMs, outputs);
    log.end();
  }
};

// After its last event Case may take a little to leave; what it has left behind then is not waited for.
const finished = async (story: CaseStory, confined: Confined): Promise<Ended> => {
  while (story.outcome() === undefined) {
    const ended = await within(LIMITS.caseLogPollMs, confined.ended);
    if (ended !== "late") return ended;
  }
  const ended = await within(LIMITS.leaveTimeoutMs, confined.ended);
  return ended === "late" ? { code: null, signal: null, ms: 0 } : ended;
};

const attemptOf = (probe: BackendProbe, story: CaseStory, first: WatchedEnd): Attempt => {
  const claims = { probe, ...story.tally() };
  if ("kind" in first) return endedAttempt(claims, first);
  const outcome = story.outcome();
  const exit = `exit ${first.code ?? "none"}`;
  const said =
    outcome === undefined
      ? `no pipeline_end, ${exit}`
      : `pipeline_end ${outcome.slice(0, 100).toWellFormed()}, ${exit}`;
  const stop = outcome === "completed" ? "completed" : "gave_up";
  return first.limit === undefined
    ? { stop, said, ...claims }
    : { stop: "gave_up", said, limit: first.limit, ...claims };
};
