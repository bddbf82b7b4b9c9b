import { forbids, judgePath, targetPath } from "../path-rules.ts";
import type { Change, ManifestEntry } from "./changes.ts";
import { isInside } from "./git-folders.ts";
import type { JudgedChange, PathGround } from "./judge-changes.ts";
import { nameAnomaly } from "./name-anomaly.ts";

/** The verdict on one changed path, or undefined for a folder that only holds other changes. Order: git.md 7. */
export const judgeChange = (
  ground: PathGround,
  change: Change,
  all: readonly Change[],
  repositories: ReadonlySet<string>,
): JudgedChange | undefined => {
  if (isImpliedFolder(change, all)) return undefined;
  const { verdict, rule } = verdictOn(ground, change, repositories);
  return {
    path: change.path,
    change: wordOf(change),
    oldMode: gitMode(change.before),
    newMode: gitMode(change.after),
    size: change.after?.size ?? 0,
    sha256: change.after?.sha256 ?? null,
    blob: change.after?.blob ?? null,
    verdict,
    rule,
    packetLine: ground.lines.get(rule) ?? null,
  };
};

const verdictOn = (
  ground: PathGround,
  change: Change,
  repositories: ReadonlySet<string>,
): Pick<JudgedChange, "verdict" | "rule"> => {
  const forbidden = [...ground.contract.forbiddenPaths, ...ground.authority.baseForbiddenPaths];
  const by = forbidden.find((rule) => forbids(rule, change.path));
  if (by !== undefined) return { verdict: "forbidden", rule: by };

  const anomaly = anomalyOf(change);
  if (anomaly !== undefined) return { verdict: "anomalous", rule: anomaly };

  const scratch = ground.authority.scratchPaths.find((rule) => forbids(rule, change.path));
  const isNew = change.kind === "added" && !ground.basePaths.includes(change.path);
  if (scratch !== undefined && isNew) return { verdict: "scratch", rule: scratch };

  const path = targetPath(change.path);
  if (path === undefined) return { verdict: "anomalous", rule: "not a plain relative name" };
  if (change.after?.type === "d") return { verdict: "anomalous", rule: "an empty folder" };
  const verdict = judgePath({ allowed: ground.contract.allowedPaths, forbidden }, path);
  if (verdict.kind !== "allowed") return { verdict: "unlisted", rule: "no rule names it" };
  const steers = steersGit(change.path, verdict.by, repositories);
  if (steers !== undefined) return { verdict: "anomalous", rule: steers };
  // Read and write bits are not git's: there is nothing to commit.
  return change.kind === "mode"
    ? { verdict: "scratch", rule: "only modes that git does not keep" }
    : { verdict: "allowed", rule: verdict.by };
};

/** Why a file that a pattern allows would tell git what to do; a contract that means `.gitattributes` names it. */
const steersGit = (path: string, rule: string, repositories: ReadonlySet<string>): string | undefined => {
  const name = path.slice(path.lastIndexOf("/") + 1).toLowerCase();
  if (name === ".gitmodules") return "git reads it as submodules";
  if (name === ".gitattributes" && rule !== path) return "git reads it as attributes, and no rule names it whole";
  return isInside(repositories, path) ? "it lies in a folder that git takes for a repository" : undefined;
};

const PERMISSIONS = 0o7000;
const EXECUTE = 0o100;

/** Why a change is more than new bytes in a plain file, or undefined. */
const anomalyOf = ({ path, utf8, kind, before, after }: Change): string | undefined => {
  if (!utf8) return "its name is not UTF-8";
  const name = nameAnomaly(path);
  if (name !== undefined) return name;
  if (before !== undefined && before.type !== "f" && before.type !== "d") return `it was a ${TYPE_WORDS[before.type]}`;
  if (after === undefined) return undefined;
  if (after.type !== "f" && after.type !== "d") return `it is a ${TYPE_WORDS[after.type]}`;
  if (kind === "retyped") return `it became a ${TYPE_WORDS[after.type]}`;
  if (after.type === "f" && after.nlink > 1) return `it has ${after.nlink} hard links`;
  if ((after.mode & PERMISSIONS) !== 0) return "it has a set-id or sticky bit";
  if (before !== undefined && after.type === "f" && (before.mode & EXECUTE) !== (after.mode & EXECUTE))
    return "its executable bit changed";
  return undefined;
};

const TYPE_WORDS: Readonly<Record<ManifestEntry["type"], string>> = {
  f: "plain file",
  d: "folder",
  l: "symbolic link",
  p: "named pipe",
  s: "socket",
  c: "character device",
  b: "block device",
};

const isImpliedFolder = (change: Change, all: readonly Change[]): boolean => {
  const isFolder = (change.after ?? change.before)?.type === "d" && change.kind !== "retyped";
  return isFolder && all.some(({ path }) => path.startsWith(`${change.path}/`));
};

const wordOf = ({ kind }: Change): string => {
  switch (kind) {
    case "added":
      return "made";
    case "deleted":
      return "deleted";
    case "modified":
      return "changed";
    case "mode":
      return "changed the mode of";
    case "retyped":
      return "changed the type of";
  }
};

const gitMode = (entry: ManifestEntry | undefined): string => {
  if (entry === undefined) return "000000";
  if (entry.type === "l") return "120000";
  if (entry.type === "d") return "040000";
  return (entry.mode & EXECUTE) === 0 ? "100644" : "100755";
};
