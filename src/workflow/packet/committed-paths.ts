import { permits, targetPath } from "../path-rules.ts";
import { refusal, type Refusal } from "../refusal.ts";
import { isPlain } from "../wildcard.ts";
import type { Packet, Placed } from "./packet.ts";

export type Entry = "file" | "folder" | "link" | "repository";

/** What the checked-out branch of a repository holds, by path relative to its root; folders without a final `/`. */
export interface CommittedPaths {
  readonly branch: string;
  readonly head: string;
  readonly entries: ReadonlyMap<string, Entry>;
}

/** Allowed paths that lead through a link or another repository: what is changed there is never in the target. */
export const throughLinks = ({ allowedPaths }: Packet, { entries }: CommittedPaths): readonly Refusal[] =>
  allowedPaths.flatMap(({ value: path, at }) => {
    const link = linkOn(path, entries);
    if (link === undefined) return [];
    const kind = entries.get(link) === "link" ? "symbolic link" : "repository of its own";
    return [refusal("packet/path-through-link", { path, link, kind }, at)];
  });

/** Allowed paths that name nothing of the branch and that the packet does not announce as new. */
export const absentPaths = (packet: Packet, { branch, entries }: CommittedPaths): readonly Refusal[] =>
  packet.allowedPaths.flatMap((path) => {
    if (linkOn(path.value, entries) !== undefined || isAnnounced(packet, path)) return [];
    const found = whyAbsent(path.value, branch, entries);
    return found === undefined ? [] : [refusal("packet/path-absent", { path: path.value, found }, path.at)];
  });

// A pattern may meet plain files as well as links; only what stands before its first wildcard is surely on the way.
const linkOn = (path: string, entries: CommittedPaths["entries"]): string | undefined => {
  const names = path.replace(/\/$/, "").split("/");
  const wild = names.findIndex((name) => !isPlain(name));
  const plain = wild === -1 ? names : names.slice(0, wild);
  const places = plain.map((_, at) => plain.slice(0, at + 1).join("/"));
  return places.find((place) => entries.get(place) === "link" || entries.get(place) === "repository");
};

const whyAbsent = (path: string, branch: string, entries: CommittedPaths["entries"]): string | undefined => {
  if (!isPlain(path)) {
    const isMet = entries.entries().some(([place, kind]) => kind !== "folder" && isPermitted(path, place));
    return isMet ? undefined : `no file of \`${branch}\` is like it`;
  }
  const found = entries.get(path.replace(/\/$/, ""));
  if (found === undefined) return `\`${branch}\` has no such ${path.endsWith("/") ? "folder" : "file"}`;
  if (path.endsWith("/")) return found === "folder" ? undefined : "it is a file there; write it without the final /";
  return found === "folder" ? "it is a folder there; write it with a final /" : undefined;
};

const isPermitted = (rule: string, place: string): boolean => {
  const path = targetPath(place);
  return path !== undefined && permits(rule, path);
};

/** "new `PATH`" in the task, a criterion or a sentence; what is beneath a new folder is new as well. */
const isAnnounced = ({ task, criteria, prose }: Packet, { value: path }: Placed<string>): boolean =>
  [task, ...criteria, ...prose].some(({ value }) =>
    value
      .matchAll(/\bnew (?:file |folder |files in )?`([^`]+)`/gi)
      .some(([, announced = ""]) => announced === path || (announced.endsWith("/") && path.startsWith(announced))),
  );
