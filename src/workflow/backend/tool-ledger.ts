import { digestOf } from "../digest.ts";
import type { BackendEvent } from "./backend-events.ts";
import { openCovers, type Effect } from "./covers.ts";
import { textAt } from "./loose.ts";
import { hasEffect, readToolCall, type ToolCall } from "./tool-call.ts";

type Told = Omit<BackendEvent, "raw" | "at">;

/** Follows every tool call from its first word to its end, and holds it against what was asked and granted. */
export interface ToolLedger {
  said(update: unknown): readonly Told[];
  /** The call that a permission request speaks of, with all that was said of it before. */
  asked(call: unknown): ToolCall;
  granted(call: ToolCall): void;
  refused(call: ToolCall): void;
  /** Something that our own hands did: it covers one effect of the agent. */
  done(act: { readonly path?: string; readonly command?: string }): void;
  /** Refused calls that got no end of their own. */
  ended(): readonly Told[];
  readonly unasked: () => number;
  readonly afterRefusal: () => readonly string[];
  /** Ids under which another call was announced after the end of one. */
  readonly reused: () => readonly string[];
}

export const toolLedger = (): ToolLedger => {
  const calls = new Map<string, ToolCall>();
  const finished = new Set<string>();
  const denied = new Set<string>();
  const grants = openCovers();
  const acts = openCovers();
  const afterRefusal: string[] = [];
  const reused = new Set<string>();
  let unasked = 0;

  const finish = (callId: string, call: ToolCall): readonly Told[] => {
    if (finished.has(callId)) return [];
    finished.add(callId);
    const failed = call.status !== "completed";
    const status = denied.has(callId) && failed ? "denied" : failed ? "failed" : "ok";
    const told = claimed("tool.finished", callId, { callId, status, diff: diffsOf(call) });
    if (failed || !hasEffect(call)) return [told];
    if (denied.has(callId)) afterRefusal.push(callId);
    const effect = effectOf(call);
    const covers = [grants.take(effect), acts.take(effect)];
    if (covers.includes(true)) return [told];
    unasked += 1;
    return [
      told,
      {
        type: "policy.unmediated",
        subject: `tool/${callId}`,
        trust: "harness-observed",
        data: { callId, kind: call.kind },
      },
    ];
  };

  return {
    said: (update) => {
      const callId = readToolCall(update).callId ?? "";
      if (finished.has(callId) && isAnother(update, calls.get(callId))) {
        reused.add(callId);
        finished.delete(callId);
        denied.delete(callId);
        calls.delete(callId);
      }
      const earlier = calls.get(callId);
      const call = readToolCall(update, earlier);
      calls.set(callId, call);
      const told: Told[] = [];
      if (earlier === undefined) told.push(claimed("tool.started", callId, startData(callId, call)));
      const isEnd = call.status === "completed" || call.status === "failed";
      if (isEnd) told.push(...finish(callId, call));
      else if (earlier !== undefined) told.push(claimed("tool.updated", callId, { callId, status: call.status }));
      return told;
    },
    asked: (call) => {
      const callId = readToolCall(call).callId ?? "";
      const merged = readToolCall(call, calls.get(callId));
      if (calls.has(callId)) calls.set(callId, merged);
      return merged;
    },
    granted: (call) =>
      grants.add({
        callId: call.callId,
        command: call.command ?? call.title,
        ran: call.command,
        paths: pathsOf(call),
      }),
    refused: (call) => void denied.add(call.callId ?? ""),
    done: ({ path, command }) =>
      acts.add({ callId: undefined, command, ran: command, paths: path === undefined ? [] : [path] }),
    ended: () =>
      [...denied]
        .filter((callId) => calls.has(callId) && !finished.has(callId))
        .map((callId) => {
          finished.add(callId);
          return {
            type: "tool.finished",
            subject: `tool/${callId}`,
            trust: "harness-observed",
            data: { callId, status: "denied" },
          };
        }),
    unasked: () => unasked,
    afterRefusal: () => afterRefusal,
    reused: () => [...reused],
  };
};

const claimed = (
  type: "tool.started" | "tool.updated" | "tool.finished",
  callId: string,
  data: Told["data"],
): Told => ({
  type,
  subject: `tool/${callId}`,
  trust: "backend-claimed",
  data,
});

const startData = (callId: string, call: ToolCall): Told["data"] => ({
  callId,
  kind: call.kind,
  title: call.title.slice(0, TITLE_MAX).toWellFormed(),
  paths: pathsOf(call),
  command: call.command,
  inputSha256: call.rawInput === undefined ? undefined : digestOf(JSON.stringify(call.rawInput)),
});

const TITLE_MAX = 500;

const diffsOf = (call: ToolCall): NonNullable<Told["data"][string]> =>
  call.diffs.map(({ path, oldText, newText }) => ({
    path: relative(path),
    oldSha256: oldText === undefined ? null : digestOf(oldText),
    newSha256: digestOf(newText),
  }));

// What is announced under the id of a call that has ended, and shows something else, is another call; an end told twice is none.
const isAnother = (update: unknown, ended: ToolCall | undefined): boolean => {
  if (ended === undefined || textAt(update, "sessionUpdate") !== "tool_call") return false;
  const said = readToolCall(update);
  const paths = new Set(pathsOf(ended));
  return (
    (said.command !== undefined && said.command !== ended.command) || pathsOf(said).some((path) => !paths.has(path))
  );
};

const effectOf = (call: ToolCall): Effect => ({
  callId: call.callId,
  command: call.command,
  changed: call.diffs.map(({ path }) => relative(path)),
  paths: pathsOf(call),
});

const pathsOf = (call: ToolCall): readonly string[] => [
  ...new Set([...call.diffs.map(({ path }) => path), ...call.paths].map(relative)),
];

/** A path as it stands below the Workspace; others stay as they are. */
export const relative = (path: string): string =>
  path.startsWith("/workspace/") ? path.slice("/workspace/".length) : path;
