import type { Digest } from "../digest.ts";
import type { Oid } from "../ids.ts";

/** Something found in the target that could execute or instruct: listed, never run, never a refusal (git.md 4). */
export interface PreflightFinding {
  readonly finding:
    | "hook"
    | "driver"
    | "alias"
    | "remote"
    | "url-rewrite"
    | "credential"
    | "agent-config"
    | "agent-prose"
    | "fsmonitor"
    | "signing"
    | "ignored-file"
    | "group-writable";
  /** Path in the target, or the configuration key. May be hostile: show it escaped. */
  readonly where: string;
  readonly digest?: Digest;
  /** Of text for agents: what it keeps from its reader's eye, or why nobody looked. Nothing of it is ever followed. */
  readonly hides?: readonly string[];
}

/** One entry of the control-plane snapshot: a file, ref or index fact of `.git`, and its digest (git.md 8). */
export interface ControlEntry {
  readonly name: string;
  readonly value: string;
}

/** Everything in the target's `.git` that can redirect or execute, read as files. */
export interface ControlPlane {
  readonly digest: Digest;
  readonly entries: readonly ControlEntry[];
}

/** More of the same repository. An observation that was stored before this was looked at has none of it. */
export interface Particulars {
  /** The git directory of the work tree and the one that it shares with others, real paths; here they are one. */
  readonly gitDir: string;
  readonly gitCommonDir: string;
  /** Magic number of the file system under the git directory (statfs(2)), as `0xef53`, or "unknown". */
  readonly fsType: string;
  /** Entries of the stash. */
  readonly stashCount: number;
  /** Entries of the index that carry the flag. */
  readonly indexFlags: { readonly assumeUnchanged: number; readonly skipWorktree: number };
}

/** What was seen of a repository that passed every check of the preflight (git.md 4): it is clean and plain. */
export interface Observation {
  readonly requestedPath: string;
  readonly realPath: string;
  readonly device: string;
  readonly inode: string;
  readonly gitInode: string;
  readonly uid: number;
  readonly gid: number;
  readonly mode: number;
  readonly branch: string;
  readonly head: Oid;
  readonly tree: Oid;
  readonly rootCommits: readonly Oid[];
  /** SHA-256 over `mode SP sha256(blob) SP path NUL` of the work tree's tracked files (evidence.md 9.2). */
  readonly treeSha256: Digest;
  /** Digest of the manifest of the work tree without `.git`. */
  readonly manifest: Digest;
  readonly ignored: Digest;
  readonly controlPlane: ControlPlane;
  readonly remotes: readonly string[];
  readonly findings: readonly PreflightFinding[];
  readonly particulars?: Particulars;
}

/** Stable name of a target: the first 16 hex digits of SHA-256 over its real path. */
export type TargetId = string;
