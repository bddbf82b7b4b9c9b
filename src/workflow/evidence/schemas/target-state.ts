import { z } from "zod";

type Known<T> = T | "unknown";

/** What any look at the target tells (evidence.md 9.2); the full control plane is in its digest. */
interface TargetLook {
  readonly headRef: string;
  readonly headCommit: string;
  readonly headTree: string;
  readonly treeSha256: string;
  readonly manifestSha256: string;
  readonly ignoredSha256: string;
  readonly controlPlaneSha256: string;
}

export interface TargetState extends TargetLook {
  /** SHA-256 over `name SP value NUL` of each ref of the control plane, HEAD among them: `ref <name> loose|packed`. */
  readonly refsSha256: string;
  readonly stashCount: number;
  readonly indexFlags: { readonly assumeUnchanged: number; readonly skipWorktree: number };
  /** Paths in the git directory; a target with any is refused before anything starts. */
  readonly operationInProgress: readonly string[];
  readonly lockFiles: readonly string[];
}

export interface EarlierState extends TargetLook {
  readonly remotes: readonly string[];
}

export interface EarlierIdentity {
  readonly requestedPath: string;
  readonly realpath: string;
  readonly dev: string;
  readonly ino: string;
  readonly gitDirIno: string;
  readonly rootCommits: readonly string[];
  readonly objectFormat: "sha1";
}

export interface TargetIdentity extends EarlierIdentity {
  readonly gitDir: string;
  readonly gitCommonDir: string;
  /** Magic number of the file system, as `0xef53`, or "unknown". */
  readonly fsType: string;
}

/** What git of this target would start or read besides: paths and keys, never what they hold. */
export interface Execution {
  /** Files in `.git/hooks`, and `hook.*` keys. */
  readonly hooks: readonly string[];
  readonly hooksPath: string | null;
  readonly filters: readonly string[];
  readonly fsmonitor: string | null;
  readonly diffDrivers: readonly string[];
  readonly textconv: readonly string[];
  readonly includes: readonly string[];
  readonly configSha256: string;
}

export interface Remotes {
  /** `name url`, as configured. */
  readonly before: readonly string[];
  readonly after: Known<readonly string[]>;
  readonly equal: Known<boolean>;
  /** Whether no sandbox of the run had a network or a host in reach, by its arguments; "unknown" where none was started. */
  readonly networkDenied: Known<boolean>;
}

const text = z.string();
const texts = z.array(text);
const unknown = z.literal("unknown");

const look = {
  headRef: text,
  headCommit: text,
  headTree: text,
  treeSha256: text,
  manifestSha256: text,
  ignoredSha256: text,
  controlPlaneSha256: text,
};
export const stateSchema: z.ZodType<TargetState> = z.strictObject({
  ...look,
  refsSha256: text,
  stashCount: z.int().nonnegative(),
  indexFlags: z.strictObject({ assumeUnchanged: z.int().nonnegative(), skipWorktree: z.int().nonnegative() }),
  operationInProgress: texts,
  lockFiles: texts,
});
export const earlierStateSchema: z.ZodType<EarlierState> = z.strictObject({ ...look, remotes: texts });

const identity = {
  requestedPath: text,
  realpath: text,
  dev: text,
  ino: text,
  gitDirIno: text,
  rootCommits: texts,
  objectFormat: z.literal("sha1"),
};

export const identitySchema: z.ZodType<TargetIdentity> = z.strictObject({
  ...identity,
  gitDir: text,
  gitCommonDir: text,
  fsType: text,
});
export const earlierIdentitySchema: z.ZodType<EarlierIdentity> = z.strictObject(identity);

export const executionSchema: z.ZodType<Execution> = z.strictObject({
  hooks: texts,
  hooksPath: text.nullable(),
  filters: texts,
  fsmonitor: text.nullable(),
  diffDrivers: texts,
  textconv: texts,
  includes: texts,
  configSha256: text,
});

export const remotesSchema: z.ZodType<Remotes> = z.strictObject({
  before: texts,
  after: z.union([unknown, texts]),
  equal: z.union([unknown, z.boolean()]),
  networkDenied: z.union([unknown, z.boolean()]),
});
