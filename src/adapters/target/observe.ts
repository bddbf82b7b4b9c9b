import { join } from "node:path";

import type { ControlPlane, Observation } from "../../workflow/admission/observation.ts";
import type { Digest } from "../../workflow/digest.ts";
import { Failure } from "../../workflow/failure.ts";
import { refusal, type Refusal, type RefusalCode } from "../../workflow/refusal.ts";
import { ok, refuse, type Result } from "../../workflow/result.ts";
import { readRefs, refValue, snapshotControlPlane } from "./control-plane.ts";
import { openDoor } from "./door.ts";
import { agentFindings, groupFindings, hookFindings, ignoredFindings } from "./findings.ts";
import { digestOfEntries, ManifestLimit } from "./manifest.ts";
import { DamagedObject } from "./objects.ts";
import { lookAtInfoAttributes } from "./preflight-attributes.ts";
import { treeSha256 } from "./preflight-clean.ts";
import { lookAtConfig, type ConfigSeen } from "./preflight-config.ts";
import { lookAtGitFolder } from "./preflight-git-folder.ts";
import { lookAtRefs, type Head } from "./preflight-head.ts";
import { lookInside, rootsOf, targetManifest } from "./preflight-inside.ts";
import { lookAtParticulars } from "./preflight-particulars.ts";
import { lookAtPlace, type Place } from "./preflight-place.ts";
import { orThrow } from "./side-by-side.ts";

export interface ObserveTerms {
  /** The user who must own everything; the one who runs the Harness unless told. */
  readonly uid?: number;
  /** Exact content of the `index.lock` that the Harness holds meanwhile. */
  readonly heldLock?: string;
}

/** The whole preflight of git.md 4: every refusal at once, or what was seen. Writes nothing, runs nothing of the target. */
export const observe = async (path: string, terms: ObserveTerms = {}): Promise<Result<Observation, Refusal>> => {
  const refusals: Refusal[] = [];
  try {
    const observation = await look(path, terms, refusals);
    if (refusals.length === 0 && observation !== undefined) return ok(observation);
  } catch (cause) {
    refusals.push(damageIn(cause));
  }
  const [first, ...rest] = refusals;
  if (first === undefined) throw new TypeError("nothing was seen and nothing was refused");
  return refuse(first, ...rest);
};

/** Manifest and control plane as they are, plain or not. */
export const fingerprint = async (
  path: string,
): Promise<{ readonly manifest: Digest; readonly controlPlane: ControlPlane }> => {
  try {
    return { manifest: (await targetManifest(path)).digest, controlPlane: await snapshotControlPlane(path) };
  } catch (cause) {
    if (cause instanceof ManifestLimit) throw new Failure("target/unreadable", cause.message, { cause });
    throw cause;
  }
};

const look = async (path: string, terms: ObserveTerms, refusals: Refusal[]): Promise<Observation | undefined> => {
  const uid = terms.uid ?? process.getuid?.() ?? -1;
  const { place, refusals: misplaced } = lookAtPlace(path, uid);
  refusals.push(...misplaced);
  if (place === undefined) return undefined;
  refusals.push(...lookAtGitFolder(path, { ...terms, uid }));
  const config = lookAtConfig(path);
  const { head, refusals: unborn } = lookAtRefs(await readRefs(join(path, ".git")));
  refusals.push(...config.refusals, ...lookAtInfoAttributes(path), ...unborn);
  // Where objects are borrowed, cut off, another's or no plain files, not even our own git directory may lead to them.
  if (head === undefined || refusals.some(({ code }) => UNSAFE_TO_OPEN.has(code))) return undefined;
  return lookThroughDoor({ path, uid, place, head, config, terms }, refusals);
};

/** Where a repository is so, nobody looks at its objects. */
export const UNSAFE_TO_OPEN: ReadonlySet<RefusalCode> = new Set([
  "admission/not-the-repository",
  "admission/special-file",
  "admission/foreign-owner",
  "admission/alternates",
  "admission/shallow",
  "admission/grafts",
  "admission/partial-clone",
  "admission/object-format",
  "admission/extension",
]);

interface Outside {
  readonly path: string;
  readonly uid: number;
  readonly place: Place;
  readonly head: Head;
  readonly config: ConfigSeen;
  readonly terms: ObserveTerms;
}

const lookThroughDoor = async (outside: Outside, refusals: Refusal[]): Promise<Observation | undefined> => {
  const { path, uid, place, head, config, terms } = outside;
  const door = await openDoor(path, head.branch);
  try {
    const [looked, history] = await Promise.allSettled([
      lookInside(path, door.gitDir, head.commit, uid),
      rootsOf(door.gitDir, head.commit),
    ]);
    const inside = orThrow(looked);
    refusals.push(...inside.refusals);
    const { indexFlags } = inside;
    if (refusals.length > 0 || indexFlags === "unread") return undefined;
    const rootCommits = orThrow(history);
    const controlPlane = await snapshotControlPlane(path, terms);
    const refs = await readRefs(join(path, ".git"));
    if (refValue(refs, `refs/heads/${head.branch}`) !== head.commit) {
      throw new Failure("target/busy", `${head.branch} moved while the target was looked at`, { retry: true });
    }
    const { manifest, workTree } = inside;
    return {
      ...identity(path, place),
      branch: head.branch,
      head: head.commit,
      tree: inside.tree,
      rootCommits,
      treeSha256: treeSha256(inside.base, manifest),
      manifest: manifest.digest,
      ignored: digestOfEntries(workTree.ignored),
      controlPlane,
      remotes: config.remotes,
      findings: [
        ...hookFindings(path),
        ...config.findings,
        ...agentFindings(path, manifest),
        ...ignoredFindings(manifest, workTree.ignored),
        ...groupFindings(place),
      ],
      particulars: { ...lookAtParticulars(path, refs), indexFlags },
    };
  } finally {
    await door.close();
  }
};

const identity = (path: string, { root, git }: Place) => ({
  requestedPath: path,
  realPath: path,
  device: String(root.dev),
  inode: String(root.ino),
  gitInode: String(git.ino),
  uid: Number(root.uid),
  gid: Number(root.gid),
  mode: Number(root.mode & 0o7777n),
});

/** What stands in the target and cannot be looked at to the end is a refusal; all else that is thrown is the world. */
export const damageIn = (cause: unknown): Refusal => {
  if (cause instanceof ManifestLimit) {
    return refusal("admission/limit", { limit: cause.limit, path: cause.path === "" ? "." : cause.path });
  }
  if (cause instanceof DamagedObject) {
    return refusal("admission/object-damaged", { object: cause.object, found: cause.found });
  }
  throw cause;
};
