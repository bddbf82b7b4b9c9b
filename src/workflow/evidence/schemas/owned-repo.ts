import { z } from "zod";

import {
  earlierIdentitySchema,
  earlierStateSchema,
  executionSchema,
  identitySchema,
  remotesSchema,
  stateSchema,
  type EarlierIdentity,
  type EarlierState,
  type Execution,
  type Remotes,
  type TargetIdentity,
  type TargetState,
} from "./target-state.ts";

type Known<T> = T | "unknown";

interface ChangedPath {
  readonly path: string;
  readonly mode: string;
  readonly oldBlob: string;
  readonly newBlob: string;
}

interface Proof {
  readonly schema: "cto/owned-repo/v1";
  readonly run: string;
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

export interface WholeProof extends Proof {
  readonly identity: TargetIdentity;
  readonly before: TargetState;
  readonly after: Known<TargetState>;
  readonly execution: Execution;
  readonly remotes: Remotes;
}

/** Where nothing was seen of the target, and of a target that was seen before all of it was looked at. */
export interface EarlierProof extends Proof {
  readonly identity: Known<EarlierIdentity>;
  readonly before: Known<EarlierState>;
  readonly after: Known<EarlierState>;
}

/**
 * stage5-owned-repo-proof.json: the repository changed is the admitted one, and only what was allowed changed. Two forms
 * of one name: all of the later fields or none, so that a proof with some of them is no proof.
 */
export type OwnedRepoProof = WholeProof | EarlierProof;

export const isWhole = (proof: OwnedRepoProof): proof is WholeProof => "execution" in proof;

const text = z.string();
const unknown = z.literal("unknown");
const texts = z.array(text);

const proof = {
  schema: z.literal("cto/owned-repo/v1"),
  run: text,
  admitted: z.union([unknown, z.strictObject({ path: text, dev: text, ino: text, rootCommits: texts, branch: text })]),
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
  redirects: z.union([unknown, z.literal("none")]),
  found: z.array(z.strictObject({ finding: text, where: text })),
  change: z.union([
    unknown,
    z.strictObject({
      refsChanged: texts,
      commits: z.array(z.strictObject({ id: text, parents: texts, tree: text, author: text, committer: text })),
      pathsChanged: z.array(z.strictObject({ path: text, mode: text, oldBlob: text, newBlob: text })),
      manifestAfterSha256: text,
      controlPlaneAfterSha256: text,
      clean: z.boolean(),
      wrong: texts,
    }),
  ]),
  rollback: z.union([
    unknown,
    z.strictObject({
      argv: texts,
      rehearsedWith: texts,
      output: text,
      revertTree: text,
      equalsBaseTree: z.boolean(),
    }),
  ]),
  claims: texts,
  notClaimed: texts,
};

const whole: z.ZodType<WholeProof> = z.strictObject({
  ...proof,
  identity: identitySchema,
  before: stateSchema,
  after: z.union([unknown, stateSchema]),
  execution: executionSchema,
  remotes: remotesSchema,
});

const earlier: z.ZodType<EarlierProof> = z.strictObject({
  ...proof,
  identity: z.union([unknown, earlierIdentitySchema]),
  before: z.union([unknown, earlierStateSchema]),
  after: z.union([unknown, earlierStateSchema]),
});

export const ownedRepoSchema: z.ZodType<OwnedRepoProof> = z.union([whole, earlier]);
