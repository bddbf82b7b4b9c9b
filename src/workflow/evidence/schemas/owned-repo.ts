import { z } from "zod";

type Known<T> = T | "unknown";

/** One look at the target (evidence.md 9.2); the full control plane is in its digest. */
export interface TargetState {
  readonly headRef: string;
  readonly headCommit: string;
  readonly headTree: string;
  readonly treeSha256: string;
  readonly manifestSha256: string;
  readonly ignoredSha256: string;
  readonly controlPlaneSha256: string;
  readonly remotes: readonly string[];
}

interface ChangedPath {
  readonly path: string;
  readonly mode: string;
  readonly oldBlob: string;
  readonly newBlob: string;
}

/** stage5-owned-repo-proof.json: the repository changed is the admitted one, and only what was allowed changed. */
export interface OwnedRepoProof {
  readonly schema: "cto/owned-repo/v1";
  readonly run: string;
  readonly identity: Known<{
    readonly requestedPath: string;
    readonly realpath: string;
    readonly dev: string;
    readonly ino: string;
    readonly gitDirIno: string;
    readonly rootCommits: readonly string[];
    readonly objectFormat: "sha1";
  }>;
  readonly admitted: Known<{
    readonly path: string;
    readonly dev: string;
    readonly ino: string;
    readonly rootCommits: readonly string[];
    readonly branch: string;
  }>;
  readonly ownership: Known<{
    readonly uid: number;
    readonly gid: number;
    readonly mode: number;
    readonly owner: string;
    readonly admissionSha256: string;
    readonly admissionSignatureSha256: string;
    readonly ownerKeyFingerprint: string;
  }>;
  readonly before: Known<TargetState>;
  readonly after: Known<TargetState>;
  /** By the preflight: a target with any of these is refused before anything starts. */
  readonly redirects: Known<"none">;
  readonly found: readonly { readonly finding: string; readonly where: string }[];
  readonly change: Known<{
    readonly refsChanged: readonly string[];
    readonly commits: readonly {
      readonly id: string;
      readonly parents: readonly string[];
      readonly tree: string;
      readonly author: string;
      readonly committer: string;
    }[];
    readonly pathsChanged: readonly ChangedPath[];
    readonly manifestAfterSha256: string;
    readonly controlPlaneAfterSha256: string;
    readonly clean: boolean;
    readonly wrong: readonly string[];
  }>;
  readonly rollback: Known<{
    readonly argv: readonly string[];
    readonly rehearsedWith: readonly string[];
    readonly output: string;
    readonly revertTree: string;
    readonly equalsBaseTree: boolean;
  }>;
  readonly claims: readonly string[];
  readonly notClaimed: readonly string[];
}

const text = z.string();
const unknown = z.literal("unknown");
const state = z.union([
  unknown,
  z.strictObject({
    headRef: text,
    headCommit: text,
    headTree: text,
    treeSha256: text,
    manifestSha256: text,
    ignoredSha256: text,
    controlPlaneSha256: text,
    remotes: z.array(text),
  }),
]);

export const ownedRepoSchema: z.ZodType<OwnedRepoProof> = z.strictObject({
  schema: z.literal("cto/owned-repo/v1"),
  run: text,
  identity: z.union([
    unknown,
    z.strictObject({
      requestedPath: text,
      realpath: text,
      dev: text,
      ino: text,
      gitDirIno: text,
      rootCommits: z.array(text),
      objectFormat: z.literal("sha1"),
    }),
  ]),
  admitted: z.union([
    unknown,
    z.strictObject({ path: text, dev: text, ino: text, rootCommits: z.array(text), branch: text }),
  ]),
  ownership: z.union([
    unknown,
    z.strictObject({
      uid: z.int(),
      gid: z.int(),
      mode: z.int(),
      owner: text,
      admissionSha256: text,
      admissionSignatureSha256: text,
      ownerKeyFingerprint: text,
    }),
  ]),
  before: state,
  after: state,
  redirects: z.union([unknown, z.literal("none")]),
  found: z.array(z.strictObject({ finding: text, where: text })),
  change: z.union([
    unknown,
    z.strictObject({
      refsChanged: z.array(text),
      commits: z.array(z.strictObject({ id: text, parents: z.array(text), tree: text, author: text, committer: text })),
      pathsChanged: z.array(z.strictObject({ path: text, mode: text, oldBlob: text, newBlob: text })),
      manifestAfterSha256: text,
      controlPlaneAfterSha256: text,
      clean: z.boolean(),
      wrong: z.array(text),
    }),
  ]),
  rollback: z.union([
    unknown,
    z.strictObject({
      argv: z.array(text),
      rehearsedWith: z.array(text),
      output: text,
      revertTree: text,
      equalsBaseTree: z.boolean(),
    }),
  ]),
  claims: z.array(text),
  notClaimed: z.array(text),
});
