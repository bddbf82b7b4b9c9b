import { foldersAbove, isWithin } from "./tree-listing.ts";

export type Cover = "none.f" | "none.d" | "empty.d";

/** One thing that is laid over the Workspace; the root is the empty path. */
export type WorkspaceMount =
  | { readonly kind: "writable" | "pin"; readonly path: string }
  | { readonly kind: "mask"; readonly path: string; readonly cover: Cover };

export type MountsRead =
  | { readonly ok: true; readonly mounts: readonly WorkspaceMount[] }
  | { readonly ok: false; readonly says: string };

/**
 * What the arguments of a sandbox lay over `/workspace`, in their order: the Workspace read-only as a whole, then folders
 * of it writable, entries of it read-only, and covers. Anything else that reaches it, or hides one of these, is said.
 */
export const workspaceMounts = (args: readonly string[], around: "outer sandbox" | "nothing"): MountsRead => {
  const acts = actsIn(args);
  if (typeof acts === "string") return no(acts);
  const whole = acts.findIndex(({ at }) => isWithin(WORKSPACE, at));
  const [first, etc] = [acts[whole], acts.find(({ at }) => at === "/etc/passwd")];
  if (first?.option !== "--ro-bind" || first.at !== WORKSPACE) return no("the Workspace is not read-only as a whole");
  const [workspace, control] = [first.source, etc?.source.replace(/\/passwd$/, "") ?? ""];
  if (around === "outer sandbox" && (workspace !== "/stage/ws" || control !== "/stage/ctl"))
    return no("the Workspace is not the one of the sandbox around it");
  const others = acts.filter(({ at }) => !isWithin(WORKSPACE, at));
  const open = others.find(({ option }) => option === "--bind");
  if (open !== undefined) return no(`${open.at} can be written, and is no part of the Workspace`);
  const alias = others.find(({ source }) => isReached(source, workspace, around));
  if (alias !== undefined) return no(`${alias.at} shows the Workspace or its base once more`);
  const cover = acts.slice(whole).find(({ option, at }) => at === "/" && option !== "--remount-ro");
  if (cover !== undefined) return no("something is laid over everything");
  const laid = acts.slice(whole + 1).filter(({ at }) => isWithin(WORKSPACE, at));
  const mounts = laid.flatMap((act) => mountOf(act, workspace, control) ?? []);
  if (mounts.length !== laid.length) return no("something that is no folder, pin or cover is laid over the Workspace");
  const hidden = hiddenBy(mounts);
  return hidden === undefined ? { ok: true, mounts } : no(`a later mount hides ${hidden}`);
};

/** The sandbox around one: nothing of the host is writable in it, and nothing but its own script fills the stage. */
export const outerRows = (args: readonly string[]): readonly string[] => {
  const acts = actsIn(args);
  if (typeof acts === "string") return [`around it, ${acts}`];
  const open = acts.find(({ option }) => option === "--bind");
  const laid = acts.find(({ option, at }) => isWithin("/stage", at) && option !== "--dir");
  return [
    ...(open === undefined ? [] : [`${open.at} can be written in the sandbox around it`]),
    ...(laid === undefined ? [] : [`${laid.at} is laid into the stage from outside`]),
  ];
};

const WORKSPACE = "/workspace";
const COVERS: readonly Cover[] = ["none.f", "none.d", "empty.d"];

const no = (says: string): MountsRead => ({ ok: false, says });

/** An argument that makes something appear at a place; `source` is empty where it comes from nowhere. */
interface Act {
  readonly option: string;
  readonly source: string;
  readonly at: string;
}

const FLAGS =
  /^--(?:unshare-(?:user|all|pid|net|ipc|uts|cgroup)|share-net|disable-userns|die-with-parent|new-session|clearenv)$/;
const WITH_VALUE = /^--(?:cap-drop|cap-add|uid|gid|hostname|seccomp|perms|size|chdir)$/;
const WITH_PLACE = /^--(?:dir|proc|dev|tmpfs|remount-ro)$/;
const WITH_SOURCE = /^--(?:symlink|bind|ro-bind|ro-bind-try)$/;

/** The acts of an argument list, or why it cannot be read: an option that is not known here could do anything. */
const actsIn = (args: readonly string[]): readonly Act[] | string => {
  const acts: Act[] = [];
  for (let next = 0; next < args.length;) {
    const [option = "", one = "", two = ""] = args.slice(next, next + 3);
    if (FLAGS.test(option)) next += 1;
    else if (WITH_VALUE.test(option)) next += 2;
    else if (option === "--setenv") next += 3;
    else if (WITH_PLACE.test(option)) {
      acts.push({ option, source: "", at: one });
      next += 2;
    } else if (WITH_SOURCE.test(option)) {
      acts.push({ option, source: option === "--symlink" ? "" : one, at: two });
      next += 3;
    } else return `its argument ${JSON.stringify(option)} is not known here`;
    if (next > args.length) return "its arguments break off";
  }
  const odd = acts.find(({ at, source }) => !isPlain(at) || (source !== "" && !isPlain(source)));
  return odd === undefined ? acts : `${JSON.stringify(odd.at)} is no plain path`;
};

const isPlain = (path: string): boolean => path === "/" || /^(?:\/(?!\.{0,2}(?:\/|$))[^/]+)+$/.test(path);

// In the sandbox around lie the base, the change and the git directory, which nothing inside is to be shown.
const isReached = (source: string, workspace: string, around: "outer sandbox" | "nothing"): boolean => {
  if (source === "" || (around === "outer sandbox" && source.startsWith("/stage/ctl/"))) return false;
  const kept = around === "outer sandbox" ? ["/stage", "/base", "/over", "/ledger.git", "/ctl"] : [workspace];
  return kept.some((place) => isWithin(place, source) || source === "/" || isWithin(source, place));
};

const mountOf = ({ option, source, at }: Act, workspace: string, control: string): WorkspaceMount | undefined => {
  const path = at.slice(WORKSPACE.length + 1);
  const own = path === "" ? workspace : `${workspace}/${path}`;
  if (option === "--bind") return source === own ? { kind: "writable", path } : undefined;
  if (option !== "--ro-bind" || path === "") return undefined;
  if (source === own) return { kind: "pin", path };
  const cover = COVERS.find((name) => source === `${control}/${name}`);
  return cover === undefined ? undefined : { kind: "mask", path, cover };
};

/** A mount that another one lies over. Only a pinned folder may become writable again, as a parent of its own. */
const hiddenBy = (mounts: readonly WorkspaceMount[]): string | undefined => {
  const seen = new Map<string, WorkspaceMount["kind"]>();
  const above = new Set<string>();
  for (const { kind, path } of mounts) {
    const before = seen.get(path);
    if (above.has(path) || (before !== undefined && (before !== "pin" || kind !== "writable")))
      return path === "" ? "the Workspace" : path;
    seen.set(path, kind);
    for (const folder of foldersAbove(path)) above.add(folder);
    if (path !== "") above.add("");
  }
  return undefined;
};
