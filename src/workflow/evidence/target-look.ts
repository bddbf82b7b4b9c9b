import type { ControlPlane, Observation, Particulars } from "../admission/observation.ts";
import { isLock, isUnfinished } from "../admission/unfinished.ts";
import { canonicalJson, digestOf, parseDigest } from "../digest.ts";
import { isNetworkDenied } from "./confinement.ts";
import type { RunRecord } from "./run-record.ts";
import type {
  EarlierIdentity,
  EarlierState,
  Execution,
  Remotes,
  TargetIdentity,
  TargetState,
} from "./schemas/target-state.ts";

/** An observation that holds all that is proven of a target. */
export type WholeObservation = Observation & { readonly particulars: Particulars };

export const isWholeObservation = (seen: Observation): seen is WholeObservation => seen.particulars !== undefined;

export const earlierIdentityOf = (seen: Observation): EarlierIdentity => ({
  requestedPath: seen.requestedPath,
  realpath: seen.realPath,
  dev: seen.device,
  ino: seen.inode,
  gitDirIno: seen.gitInode,
  rootCommits: seen.rootCommits,
  objectFormat: "sha1",
});

export const identityOf = (seen: WholeObservation): TargetIdentity => {
  const { gitDir, gitCommonDir, fsType } = seen.particulars;
  return { ...earlierIdentityOf(seen), gitDir, gitCommonDir, fsType };
};

export const earlierStateOf = (seen: Observation): EarlierState => ({ ...lookOf(seen), remotes: seen.remotes });

export const stateOf = (seen: WholeObservation): TargetState => {
  const paths = pathsIn(seen.controlPlane);
  return {
    ...lookOf(seen),
    refsSha256: refsDigest(seen.controlPlane),
    stashCount: seen.particulars.stashCount,
    indexFlags: seen.particulars.indexFlags,
    operationInProgress: paths.filter(isUnfinished),
    lockFiles: paths.filter(isLock),
  };
};

/** By the kind of each finding and its key; what no key tells is in the control plane. */
export const executionOf = ({ findings, controlPlane }: Observation): Execution => {
  const hooks = findings.filter(({ finding }) => finding === "hook").map(({ where }) => where);
  const drivers = findings.filter(({ finding }) => finding === "driver").map(({ where }) => where);
  return {
    hooks: hooks.filter((where) => where !== HOOKS_PATH),
    hooksPath: hooks.find((where) => where === HOOKS_PATH) ?? null,
    filters: drivers.filter((key) => key.startsWith("filter.")),
    fsmonitor: findings.find(({ finding }) => finding === "fsmonitor")?.where ?? null,
    diffDrivers: drivers.filter((key) => /^diff\.(?:external|.*\.command)$/s.test(key)),
    textconv: drivers.filter((key) => /^diff\..*\.textconv$/s.test(key)),
    includes: controlPlane.entries.flatMap(({ name }) => /^named (include.*) \d+$/s.exec(name)?.[1] ?? []),
    configSha256: fileDigest(controlPlane, "config"),
  };
};

export const remotesOf = (
  { sandboxes }: Pick<RunRecord, "sandboxes">,
  before: Observation,
  after: Observation | undefined,
): Remotes => ({
  before: before.remotes,
  after: after?.remotes ?? "unknown",
  equal: after === undefined ? "unknown" : canonicalJson(before.remotes) === canonicalJson(after.remotes),
  networkDenied: sandboxes.length === 0 ? "unknown" : isNetworkDenied(sandboxes),
});

const HOOKS_PATH = "core.hookspath";

const lookOf = (seen: Observation): Omit<EarlierState, "remotes"> => ({
  headRef: `refs/heads/${seen.branch}`,
  headCommit: seen.head,
  headTree: seen.tree,
  treeSha256: seen.treeSha256,
  manifestSha256: seen.manifest,
  ignoredSha256: seen.ignored,
  controlPlaneSha256: seen.controlPlane.digest,
});

const refsDigest = ({ entries }: ControlPlane): string =>
  digestOf(
    entries
      .filter(({ name }) => name.startsWith("ref "))
      .map(({ name, value }) => `${name} ${value}\0`)
      .join(""),
  );

/** Every path in the git directory that an entry stands for, each once. */
const pathsIn = ({ entries }: ControlPlane): readonly string[] => [
  ...new Set(
    entries.flatMap(({ name }) => {
      const object = /^object (.+)$/s.exec(name)?.[1];
      if (object !== undefined) return [`objects/${object}`];
      return /^(?:file|log) (.+)$/s.exec(name)?.[1] ?? /^ref (.+) loose$/s.exec(name)?.[1] ?? [];
    }),
  ),
];

/** Values of files are `type mode nlink size digest`. */
const fileDigest = ({ entries }: ControlPlane, path: string): string =>
  parseDigest(
    entries
      .find(({ name }) => name === `file ${path}`)
      ?.value.split(" ")
      .at(-1) ?? "",
  ) ?? "unknown";
