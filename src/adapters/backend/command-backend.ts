import type { Backend, Room } from "../../seams/backend.ts";
import type { Assignment } from "../../workflow/backend/assignment.ts";
import type { Attempt } from "../../workflow/backend/attempt.ts";
import type { AcpStory } from "../../workflow/backend/normalize-acp.ts";
import { commandStory } from "../../workflow/backend/normalize-command.ts";
import { LIMITS } from "../../workflow/limits.ts";
import { ok } from "../../workflow/result.ts";
import { endedAttempt, lastOf, limitElse, type WatchedEnd } from "./ended-attempt.ts";
import { findAgent, launchAgent, presentAgent, probeOf, type AgentOptions, type FoundAgent } from "./found-agent.ts";
import { openFrameLog, type FrameLog } from "./frame-log.ts";
import { drain, linesOf } from "./lines.ts";
import { openWatch, within, type Interruption } from "./watch.ts";

/** A program that prints what it does: nothing of it passes through our hands, all of it is a claim (backends.md 7). */
export const commandBackend = (options: AgentOptions): Backend => ({
  kind: "command",
  probe: async () => {
    const found = await findAgent(options, "command");
    return found.ok ? ok(probeOf(found.value)) : found;
  },
  needs: async (assignment) => {
    const found = await presentAgent(options, "command");
    return {
      readOnlyHostPaths: [found.installed.folder, process.execPath],
      files: launchAgent(found, options, assignment).files,
    };
  },
  perform: async (assignment, room) => perform(await presentAgent(options, "command"), options, assignment, room),
});

const perform = async (
  found: FoundAgent,
  options: AgentOptions,
  assignment: Assignment,
  room: Room,
): Promise<Attempt> => {
  const { parser = "none" } = found.profile;
  const story = commandStory(parser);
  const log = openFrameLog(room, story, (limit) => watch.interrupt({ kind: "limit", limit }));
  const watch = openWatch(room, assignment.limits, () => log.quietMs());
  const { argv, env } = launchAgent(found, options, assignment);
  const confined = await room.start(argv, env);
  await confined.stdin.close().catch(() => undefined);
  const stderr = drain(confined.stderr, assignment.limits.outputBytesMax, (bytes) => room.keep("stderr.log", bytes));
  stderr.catch(() => undefined);
  const reading = readLines(confined.stdout, log, watch.interrupt);
  reading.catch((error: unknown) => watch.interrupt({ kind: "broken", error }));
  try {
    const first = await Promise.race([confined.ended, watch.interrupted]);
    if ("kind" in first && first.kind === "cancel") log.own({ did: "cancelled", reason: first.reason });
    const start = performance.now();
    await confined.stop();
    if ("kind" in first && first.kind === "cancel")
      log.own({ did: "settled", ms: Math.round(performance.now() - start), forced: true });
    // What it printed before it ended is in the pipe still.
    const read = await within(LIMITS.leaveTimeoutMs, Promise.allSettled([reading]));
    log.settle();
    const [how] = read === "late" ? [] : read;
    const end: WatchedEnd = how?.status === "rejected" ? { kind: "broken", error: how.reason } : lastOf(first, watch);
    return attemptOf(found, story, limitElse(await confined.ended, end));
  } finally {
    watch.end();
    await confined.stop();
    await within(LIMITS.killTimeoutMs, Promise.allSettled([stderr, reading]));
    log.end();
  }
};

const readLines = async (
  stdout: ReadableStream<Uint8Array>,
  log: FrameLog,
  interrupt: (by: Interruption) => void,
): Promise<void> => {
  for await (const line of linesOf(stdout)) {
    if (line === "too-long") {
      interrupt({ kind: "limit", limit: "backend frame bytes" });
      return;
    }
    if (line.length > 0) log.incoming(line);
  }
};

const attemptOf = (found: FoundAgent, story: AcpStory, first: WatchedEnd): Attempt => {
  const claims = { probe: probeOf(found), ...story.tally() };
  if ("kind" in first) return endedAttempt(claims, first);
  const said = `exit ${first.code ?? "none"}, signal ${first.signal ?? "none"}`;
  const stop = first.code === 0 ? "completed" : "gave_up";
  return first.limit === undefined
    ? { stop, said, ...claims }
    : { stop: "gave_up", said, limit: first.limit, ...claims };
};
