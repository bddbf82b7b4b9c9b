import type { Mediation } from "../backend-probe.ts";
import { at, listAt, textAt } from "../backend/loose.ts";
import { relative } from "../backend/tool-ledger.ts";
import { LIMITS } from "../limits.ts";
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
  const elsewhere = changed.filter(({ path, sha256 }) => sha256 === undefined || written.get(path) !== sha256);
  // Of what an agent could do by a tool of its own, nobody was told for sure.
  if (elsewhere.length === 0) return unasked === 0 && !foreign ? "full" : "writes";
  const isGranted = grantedIn(last);
  if (unasked === 0 && elsewhere.every(({ path }) => isGranted(path))) return "ask";
  const isNamed = namedIn(last, changed);
  return changed.every(({ path }) => isNamed(path)) ? "observe" : "none";
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

// One request is no word about what was changed beside it. A granted command may have changed anything.
const grantedIn = (events: readonly EventLine[]): ((path: string) => boolean) => {
  const observed = events.filter(({ trust }) => trust === "harness-observed");
  const allowed = observed.filter(({ data }) => textAt(data, "decision") === "allowed");
  const ids = new Set(allowed.filter(({ type }) => type === "permission.decided").map(({ data }) => idIn(data)));
  const asked = events.filter(({ type, data }) => ASKING.has(type) && ids.has(idIn(data)));
  const runs =
    allowed.some(({ type }) => type === "terminal.started") ||
    asked.some(
      ({ data }) =>
        textAt(data, "command") !== undefined ||
        listAt(data, "subject").some((intent) => textAt(intent, "kind") === "run"),
    );
  const paths = new Set([
    ...allowed.filter(({ type }) => type === "file.written").flatMap(({ data }) => textAt(data, "path") ?? []),
    ...asked.flatMap(({ data }) => pathsIn(data)),
  ]);
  return (path) => runs || paths.has(path);
};

const ASKING: ReadonlySet<string> = new Set(["permission.requested", "tool.started", "tool.updated", "tool.finished"]);

const idIn = (data: EventLine["data"]): string => textAt(data, "callId") ?? "";

const pathsIn = (data: EventLine["data"]): readonly string[] => [
  ...listAt(data, "paths").filter((path) => typeof path === "string"),
  ...listAt(data, "diff").flatMap((diff) => textAt(diff, "path") ?? []),
  ...listAt(data, "subject").flatMap((intent) =>
    ["path", "from", "to"].flatMap((name) => relative(textAt(intent, name) ?? "")),
  ),
];

/** Some tell only the words that a tool was given; whatever names the path has named it, as far as anybody can look. */
const namedIn = (
  events: readonly EventLine[],
  changed: readonly { readonly path: string }[],
): ((path: string) => boolean) => {
  const told = events.filter(({ type }) => type === "tool.started" || type === "tool.finished");
  const paths = new Set(told.flatMap(({ data }) => pathsIn(data)));
  const commands = told.flatMap(({ data }) => textAt(data, "command") ?? []).join("\n");
  const letters = changed.reduce((sum, { path }) => sum + path.length, 0);
  const isReadable = commands.length * letters <= LIMITS.judgedRuleStepsMax;
  return (path) => paths.has(path) || (isReadable && commands.includes(path));
};
