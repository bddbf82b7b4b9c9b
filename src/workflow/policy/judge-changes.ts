import type { Authority } from "../authority.ts";
import { isBelowMediation, type Mediation } from "../backend-probe.ts";
import type { Contract } from "../contract/contract.ts";
import type { Digest } from "../digest.ts";
import type { Finding } from "../finding.ts";
import type { Permit } from "../gate/permit.ts";
import type { RunId } from "../ids.ts";
import { refusal, type Refusal } from "../refusal.ts";
import { unless, type Result } from "../result.ts";
import type { Changes } from "./changes.ts";
import { gitFolders } from "./git-folders.ts";
import { judgeChange } from "./judge-change.ts";
import { collisionsOf } from "./path-collisions.ts";
import { violationOf } from "./violation.ts";

declare const brand: unique symbol;

type PathVerdict = "forbidden" | "anomalous" | "scratch" | "allowed" | "unlisted";

/** One row per changed path (git.md 7). */
export interface JudgedChange {
  readonly path: string;
  readonly change: string;
  readonly oldMode: string;
  readonly newMode: string;
  readonly size: number;
  readonly sha256: Digest | null;
  readonly blob: string | null;
  readonly verdict: PathVerdict;
  /** The rule that decided: a packet pattern, a base rule, or the name of the anomaly. */
  readonly rule: string;
  readonly packetLine: number | null;
}

/** A file that may be committed: content by digest, or its removal. */
export interface ClearedFile {
  readonly path: string;
  readonly mode: "100644" | "100755";
  readonly content: { readonly sha256: Digest; readonly blob: string; readonly size: number } | "deleted";
}

/** The changes that may go on to validation and commit. Only `judgeChanges` makes one. */
export interface Clearance {
  readonly [brand]: "Clearance";
  readonly run: RunId;
  readonly files: readonly ClearedFile[];
  readonly judged: readonly JudgedChange[];
  readonly findings: readonly Finding[];
  /** Folder of the contents, by digest. */
  readonly contents: string;
}

/** What the rows are judged by: the contract's paths, the policy's scratch paths and the names that already exist. */
export interface PathGround {
  readonly contract: Pick<Contract, "allowedPaths" | "forbiddenPaths">;
  readonly authority: Pick<Authority, "baseForbiddenPaths" | "scratchPaths">;
  /** Every file path of the base tree. */
  readonly basePaths: readonly string[];
  /** Line of each rule in the packet. */
  readonly lines: ReadonlyMap<string, number>;
}

/** A refused try at a forbidden action. */
export interface DeniedAttempt {
  readonly action: string;
  readonly rule: string;
}

/** A secret in a file that could be committed. The value is nowhere here; a name that is one is shown redacted. */
export interface SecretInChange {
  readonly path: string;
  readonly rule: string;
  /** From 1; 0 where the name of the file is the secret. */
  readonly line: number;
  /** What the change brings, or what it takes away: the evidence of a commit holds both. */
  readonly side: "new" | "old" | "name";
}

/** What was found besides the changed paths. */
interface FoundBeside {
  readonly denied: readonly DeniedAttempt[];
  readonly secrets: readonly SecretInChange[];
  /** How much passed through our hands, where it was looked at. */
  readonly mediation?: Mediated;
}

/** The grade that a performance's own events show, and how many effects nobody was asked for. */
export interface Mediated {
  readonly seen: Mediation | "nothing";
  readonly unasked: number;
  /** Tools of others that its model was offered beside ours. */
  readonly foreignTools?: readonly string[];
}

const SIDES: Readonly<Record<SecretInChange["side"], string>> = {
  new: "of the new content",
  old: "of the old content",
  name: "(its name)",
};

/** Every changed path with its verdict, whatever the run comes to. */
export const judgedRows = (ground: PathGround, { changes }: Changes): readonly JudgedChange[] => {
  const repositories = gitFolders(ground.basePaths, changes);
  return changes.flatMap((change) => judgeChange(ground, change, changes, repositories) ?? []);
};

/** The changes as a whole: one refusal for each row that may not be, and for each limit that is passed (R087 to R090). */
export const judgeChanges = (
  permit: Permit,
  ground: PathGround,
  changes: Changes,
  found: FoundBeside,
): Result<Clearance, Refusal> => {
  const judged = judgedRows(ground, changes);
  return unless(objections(permit, ground, changes, judged, found), () => {
    const cleared: unknown = {
      run: permit.run,
      files: clearedFiles(judged),
      judged,
      findings: [],
      contents: changes.contents,
    };
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the one place a Clearance is made
    return cleared as Clearance;
  });
};

/** A part of a clearance: what is cleared together is cleared apart. Used to try new tests on old sources. */
export const partOf = (clearance: Clearance, wanted: (path: string) => boolean): Clearance => ({
  ...clearance,
  files: clearance.files.filter((file) => wanted(file.path)),
});

function* objections(
  permit: Permit,
  ground: PathGround,
  changes: Changes,
  judged: readonly JudgedChange[],
  { denied, secrets, mediation }: FoundBeside,
): Iterable<Refusal> {
  if (changes.limit !== undefined) yield refusal("policy/harvest-limit", { limit: changes.limit });
  for (const row of judged) {
    const violation = violationOf(row);
    if (violation !== "none") yield violation;
  }
  for (const { path, other } of collisionsOf(ground.basePaths, changes.changes))
    yield refusal("policy/path-collision", { path, other });
  for (const path of changes.disagreements) yield refusal("policy/detectors-disagree", { path });
  for (const { path, rule, line, side } of secrets)
    yield refusal("policy/secret-in-change", { path, rule, line, side: SIDES[side] });
  yield* beyondLimits(permit.authority.limits, judged);
  if (permit.authority.deniedAttempts === "void")
    for (const { action, rule } of denied) yield refusal("policy/action-denied", { action, rule });
  if (mediation !== undefined) yield* unmediated(permit, mediation);
  if (judged.every(({ verdict }) => verdict === "scratch") && changes.limit === undefined)
    yield refusal("policy/no-change", {});
}

function* unmediated({ authority, contract }: Permit, { seen, unasked }: Mediated): Iterable<Refusal> {
  const configured = authority.backends[contract.executionGate.backend];
  if (configured === undefined || !("profile" in configured)) return;
  const { minimumMediation: least, unasked: rule } = { minimumMediation: undefined, unasked: undefined, ...configured };
  if (least !== undefined && seen !== "nothing" && isBelowMediation(seen, least))
    yield refusal("policy/less-mediated", { seen, least });
  if (rule === "void" && unasked > 0) yield refusal("policy/unasked-effect", { count: unasked });
}

function* beyondLimits(limits: Authority["limits"], judged: readonly JudgedChange[]): Iterable<Refusal> {
  const kept = judged.filter(({ verdict }) => verdict !== "scratch");
  if (kept.length > limits.changedFilesMax)
    yield refusal("policy/limit-reached", {
      limit: "changedFilesMax",
      max: limits.changedFilesMax,
      got: `${kept.length} files`,
    });
  for (const { path, size } of kept)
    if (size > limits.committedFileBytesMax)
      yield refusal("policy/limit-reached", {
        limit: "committedFileBytesMax",
        max: limits.committedFileBytesMax,
        got: `${path} has ${size} bytes`,
      });
}

const clearedFiles = (judged: readonly JudgedChange[]): readonly ClearedFile[] =>
  judged
    .filter(({ verdict }) => verdict === "allowed")
    .map(({ path, oldMode, newMode, sha256, blob, size }) => {
      const isDeleted = newMode === "000000" || sha256 === null || blob === null;
      const mode = (isDeleted ? oldMode : newMode) === "100755" ? "100755" : "100644";
      return { path, mode, content: isDeleted ? "deleted" : { sha256, blob, size } };
    });
