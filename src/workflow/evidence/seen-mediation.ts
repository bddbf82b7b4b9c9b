import type { Mediation } from "../backend-probe.ts";
import { at, listAt, textAt } from "../backend/loose.ts";
import type { EventLine } from "./event-line.ts";

/** What a run shows of how much passed through our hands; "nothing" where the agent had no effect to see. */
export type SeenMediation = Mediation | "nothing";

/**
 * The grade by the events of one performance, and by nothing that the agent says of itself (backends.md 4): bytes that
 * the Harness wrote are told by their digests, effects that nobody asked for by `policy.unmediated`, tools beside ours by
 * the relay.
 */
export const seenMediation = (events: readonly EventLine[]): SeenMediation => {
  const last = lastPerformance(events);
  const changed = changedIn(last);
  const unasked = last.filter(({ type }) => type === "policy.unmediated").length;
  const foreign = last.some(({ type, data }) => type === "model.requested" && listAt(data, "foreignTools").length > 0);
  const commands = last.filter(({ type }) => type === "terminal.finished").length;
  if (changed.length === 0 && unasked === 0 && commands === 0) return "nothing";
  const written = new Map(last.flatMap(writtenIn));
  const isOurs = changed.every(({ path, sha256 }) => sha256 !== undefined && written.get(path) === sha256);
  // Of what an agent could do by a tool of its own, nobody was told for sure.
  if (isOurs) return unasked === 0 && !foreign ? "full" : "writes";
  if (unasked === 0 && last.some(isAsked)) return "ask";
  return changed.every(({ path }) => last.some((event) => names(event, path))) ? "observe" : "none";
};

// A killed run may have been performed more than once; what counts is what was harvested.
const lastPerformance = (events: readonly EventLine[]): readonly EventLine[] => {
  const from = events.findLastIndex(({ type }) => type === "workspace.prepared");
  return events.slice(Math.max(0, from));
};

const changedIn = (
  events: readonly EventLine[],
): readonly { readonly path: string; readonly sha256: string | undefined }[] =>
  events
    .filter(({ type, trust }) => type === "diff.captured" && trust === "harness-observed")
    .flatMap(({ data }) => listAt(data, "files"))
    // What tools leave behind is thrown away, whoever wrote it.
    .filter((file) => at(file, "scratch") !== true)
    .map((file) => ({ path: textAt(file, "path") ?? "", sha256: textAt(file, "newSha256") }));

const writtenIn = ({ type, trust, data }: EventLine): readonly (readonly [path: string, sha256: string])[] => {
  const [path, sha256] = [textAt(data, "path"), textAt(data, "sha256")];
  const isOurs = type === "file.written" && trust === "harness-observed";
  return isOurs && path !== undefined && sha256 !== undefined ? [[path, sha256]] : [];
};

// An agent that asks nothing at all is not one that keeps its word about asking.
const isAsked = ({ type, trust }: EventLine): boolean =>
  trust === "harness-observed" && ["permission.decided", "file.written", "terminal.started"].includes(type);

// Some tell only the words that a tool was given; whatever names the path has named it.
const names = ({ type, data }: EventLine, path: string): boolean =>
  (type === "tool.started" || type === "tool.finished") &&
  (listAt(data, "paths").includes(path) ||
    listAt(data, "diff").some((diff) => textAt(diff, "path") === path) ||
    (textAt(data, "command") ?? "").includes(path));
