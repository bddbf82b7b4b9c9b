import { join } from "node:path";

import { hiddenIn } from "../../workflow/admission/hidden-prose.ts";
import type { PreflightFinding } from "../../workflow/admission/observation.ts";
import { digestOf, type Digest } from "../../workflow/digest.ts";
import { LIMITS } from "../../workflow/limits.ts";
import type { Manifest, ManifestEntry } from "../../workflow/policy/changes.ts";
import { agentFileKind } from "../../workflow/workspace/agent-config.ts";
import { foldersAbove } from "./folders.ts";
import { digestOfEntries } from "./manifest.ts";
import { nameKey } from "./path-name.ts";
import { readPlainFile } from "./plain-file.ts";
import type { Place } from "./preflight-place.ts";
import { walk } from "./walk.ts";

/** Programs that git would start by name; samples are never started. */
export const hookFindings = (repository: string): PreflightFinding[] => {
  const folder = join(repository, ".git", "hooks");
  if (readPlainFile(folder, 0).is === "absent") return [];
  return [...walk(folder, () => false)].flatMap(({ path, absolute, stat }) => {
    if (stat.isDirectory() || path.endsWith(".sample")) return [];
    const read = readPlainFile(absolute, HOOK_BYTES_MAX);
    const where = `.git/hooks/${path}`;
    return [{ finding: "hook" as const, where, ...(read.is === "plain" ? { digest: digestOf(read.bytes) } : {}) }];
  });
};

/** Files that configure or instruct an agent, in whatever folder; what the text of the latter hides is pointed out. */
export const agentFindings = (repository: string, manifest: Manifest): PreflightFinding[] => {
  let read = 0;
  return manifest.entries.flatMap(({ path, type, sha256 }): PreflightFinding[] => {
    const finding = type === "d" ? undefined : agentFileKind(path);
    if (finding === undefined) return [];
    if (finding === "agent-config") return [{ finding, where: path, digest: sha256 }];
    read += 1;
    const hides =
      read > LIMITS.agentProseFilesMax ? ["unread, after many others"] : hiddenOf(join(repository, path), sha256);
    return [{ finding, where: path, digest: sha256, ...(hides.length === 0 ? {} : { hides }) }];
  });
};

const hiddenOf = (file: string, sha256: Digest): readonly string[] => {
  const read = readPlainFile(file, LIMITS.agentProseBytesMax);
  if (read.is === "too-large") return ["more text than anybody reads"];
  if (read.is !== "plain") return ["no text: it is no plain file"];
  // The manifest was taken before; what is looked at here has to be what it lists.
  if (digestOf(read.bytes) !== sha256) return ["text that changed while it was looked at"];
  return hiddenIn(Buffer.from(read.bytes).toString("utf8"));
};

/** What is ignored, each wholly ignored folder once, with the digest of all it holds. */
export const ignoredFindings = (manifest: Manifest, ignored: readonly ManifestEntry[]): PreflightFinding[] => {
  const keys = new Set(ignored.map(nameKey));
  const mixed = new Set<string>();
  for (const entry of manifest.entries) {
    const key = nameKey(entry);
    if (entry.type !== "d" && !keys.has(key)) for (const above of foldersAbove(key)) mixed.add(above);
  }
  const groups = Map.groupBy(ignored, (entry) => {
    const key = nameKey(entry);
    return foldersAbove(key).find((folder) => !mixed.has(folder)) ?? key;
  });
  return [...groups].map(([key, entries]) => {
    const [first] = entries;
    const single = first !== undefined && nameKey(first) === key;
    const where = single ? first.path : `${Buffer.from(key, "latin1").toString("utf8")}/`;
    return { finding: "ignored-file", where, digest: digestOfEntries(entries) };
  });
};

/** Whoever is in the group may write: worth knowing, and usual. */
export const groupFindings = ({ root, git }: Place): PreflightFinding[] =>
  [
    { where: ".", stat: root },
    { where: ".git", stat: git },
  ].flatMap(({ where, stat }) => ((stat.mode & 0o20n) === 0n ? [] : [{ finding: "group-writable" as const, where }]));

const HOOK_BYTES_MAX = 16_777_216;
