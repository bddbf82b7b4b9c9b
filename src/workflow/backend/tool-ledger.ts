import { digestOf } from "../digest.ts";
import type { BackendEvent } from "./backend-events.ts";
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
}

interface Cover {
  readonly callId: string | undefined;
  readonly command: string | undefined;
  readonly paths: readonly string[];
}

export const toolLedger = (): ToolLedger => {
  const calls = new Map<string, ToolCall>();
  const finished = new Set<string>();
  const denied = new Set<string>();
  const grants: Cover[] = [];
  const acts: Cover[] = [];
  const afterRefusal: string[] = [];
  let unasked = 0;

  const finish = (callId: string, call: ToolCall): readonly Told[] => {
    if (finished.has(callId)) return [];
    finished.add(callId);
    const failed = call.status !== "completed";
    const status = denied.has(callId) && failed ? "denied" : failed ? "failed" : "ok";
    const told = claimed("tool.finished", callId, { callId, status, diff: diffsOf(call) });
    if (failed || !hasEffect(call)) return [told];
    if (denied.has(callId)) afterRefusal.push(callId);
    const covers = [takeCover(grants, call), takeCover(acts, call)];
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
      void grants.push({ callId: call.callId, command: call.command ?? call.title, paths: pathsOf(call) }),
    refused: (call) => void denied.add(call.callId ?? ""),
    done: ({ path, command }) =>
      void acts.push({ callId: undefined, command, paths: path === undefined ? [] : [path] }),
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

// Same id, else same command, else same path. One request covers one effect.
const takeCover = (covers: Cover[], call: ToolCall): boolean => {
  const paths = pathsOf(call);
  const tests: readonly ((cover: Cover) => boolean)[] = [
    (cover) => cover.callId !== undefined && cover.callId === call.callId,
    (cover) => call.command !== undefined && cover.command === call.command,
    (cover) => cover.paths.some((path) => paths.includes(path)),
  ];
  for (const test of tests) {
    const index = covers.findIndex(test);
    if (index === -1) continue;
    covers.splice(index, 1);
    return true;
  }
  return false;
};

const pathsOf = (call: ToolCall): readonly string[] => [
  ...new Set([...call.diffs.map(({ path }) => path), ...call.paths].map(relative)),
];

/** A path as it stands below the Workspace; others stay as they are. */
export const relative = (path: string): string =>
  path.startsWith("/workspace/") ? path.slice("/workspace/".length) : path;
