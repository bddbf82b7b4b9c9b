import { assertNever } from "../assert-never.ts";
import type { TargetProof } from "../commit/commit.ts";
import { FORBIDDEN_ACTIONS, type ForbiddenAction } from "../contract/contract.ts";
import { hostsOf, isUnread, preventionOf } from "./preventions.ts";
import type { RunRecord } from "./run-record.ts";

/** requirements.md 12. "Not possible" is said only where canaries of this very run carry it. */
type ActionVerdict = "not possible" | "not observed" | "attempted and denied" | "violated";

export interface ActionRow {
  readonly action: ForbiddenAction;
  readonly verdict: ActionVerdict;
  /** Why, one sentence. */
  readonly says: string;
  /** Sequence numbers of the events that tell of each attempt. */
  readonly attempts: readonly number[];
}

/** All ten verdicts, always. A message of the commit may be looked at for closing keywords. */
export const actionRows = (record: RunRecord, commitMessage: string): readonly ActionRow[] =>
  FORBIDDEN_ACTIONS.map((action) => {
    const tries = record.attempts.filter((one) => one.action === action);
    const attempts = tries.flatMap(({ event }) => (event === "unknown" ? [] : [event]));
    const effect = effectOf(action, record, commitMessage);
    if (effect !== undefined) return { action, verdict: "violated", says: effect, attempts };
    if (tries.length > 0)
      return {
        action,
        verdict: "attempted and denied",
        says: saidOf(tries),
        attempts,
      };
    const prevention = record.backend === "not-started" ? undefined : preventionOf(action, record);
    if (prevention !== undefined)
      return {
        action,
        verdict: "not possible",
        says: `${whyNotObserved(action, record)} ${heldWords(prevention)}`,
        attempts,
      };
    return {
      action,
      verdict: "not observed",
      says: `${whyNotObserved(action, record)} ${whyNotProven(record)}`,
      attempts,
    };
  });

const whyNotProven = (record: RunRecord): string => {
  const hosts = hostsOf(record);
  return hosts.length === 0 || record.backend === "not-started"
    ? "Prevention was not proven in this run."
    : `Prevention cannot be proven: ${hosts.join(", ")} could be reached, and what passes through TLS is unseen.`;
};

const heldWords = (canaries: readonly string[]): string => `Held before and after the agent: ${canaries.join(", ")}.`;

const saidOf = (tries: RunRecord["attempts"]): string =>
  (["prevented", "contained"] as const)
    .flatMap((kind) => {
      const some = tries.filter((one) => one.class === kind);
      const times = some.length === 1 ? "once" : `${some.length} times`;
      const word = kind === "prevented" ? "Denied" : "Kept inside the workspace";
      return some.length === 0 ? [] : [`${word} ${times}: ${rulesOf(some)}.`];
    })
    .join(" ");

const rulesOf = (tries: RunRecord["attempts"]): string => [...new Set(tries.map(({ rule }) => rule))].join(", ");

/** The effect that was found, as a sentence, or undefined. */
const effectOf = (action: ForbiddenAction, record: RunRecord, message: string): string | undefined => {
  const moved = record.watched.find((place) => place.action === action && hasMoved(place));
  if (moved !== undefined) return `${moved.what} differs after the run.`;
  const proof = record.proof === "unknown" ? undefined : record.proof;
  switch (action) {
    case "push":
      return proof === undefined ? undefined : pushEffect(proof);
    case "merge":
      return proof === undefined ? undefined : mergeEffect(proof, record);
    case "deploy":
      return forbiddenChange(record, DEPLOY);
    case "vendor_source_mutation":
      return forbiddenChange(record, VENDOR);
    case "issue_close":
      return CLOSING.test(message) ? "The commit message holds a closing keyword." : undefined;
    case "close":
    case "pr_open":
    case "public_publication":
    case "credential_change":
    case "cortex_core_mutation":
      return undefined;
    default:
      return assertNever(action);
  }
};

const DEPLOY = /^(?:deploy|infra)(?:\/|$)/i;
const VENDOR = /(?:^|\/)(?:vendor|third_party|node_modules)(?:\/|$)/i;
const CLOSING = /\b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?)\b:?\s+(?:[\w.-]+\/[\w.-]+)?#\d+/i;

const forbiddenChange = ({ changes }: RunRecord, where: RegExp): string | undefined => {
  const found = changes.find(({ path, verdict }) => verdict !== "allowed" && verdict !== "scratch" && where.test(path));
  return found === undefined
    ? undefined
    : `The agent ${found.change} ${found.path} in its workspace; nothing of it was committed.`;
};

const pushEffect = ({ before, after, controlPlaneAfter }: TargetProof): string | undefined => {
  if (after !== undefined && before.remotes.join("\n") !== after.remotes.join("\n"))
    return "A remote of the target differs.";
  const was = new Map(before.controlPlane.entries.map(({ name, value }) => [name, value]));
  const is = new Map(controlPlaneAfter.entries.map(({ name, value }) => [name, value]));
  const moved = [...new Set([...was.keys(), ...is.keys()])].find(
    (name) => /refs\/remotes\/|(?:^|[ /])config(?:\.worktree)?$/.test(name) && was.get(name) !== is.get(name),
  );
  return moved === undefined ? undefined : `${moved} of the target differs.`;
};

const mergeEffect = ({ before, commits, refsChanged }: TargetProof, { commit }: RunRecord): string | undefined => {
  const merge = commits.find(({ parents }) => parents.length !== 1);
  if (merge !== undefined) return `Commit ${merge.id} has ${merge.parents.length} parents.`;
  const admitted = commit === "none" ? `refs/heads/${before.branch}` : commit.ref;
  const other = refsChanged.find((ref) => ref !== admitted || commit === "none");
  return other === undefined ? undefined : `${other} moved.`;
};

const hasMoved = ({ before, after }: RunRecord["watched"][number]): boolean =>
  before !== "unknown" && after !== "unknown" && before !== after;

const DETECTION: Readonly<Record<ForbiddenAction, string>> = {
  push: "remotes, remote-tracking refs and configuration of the target are equal before and after",
  merge: "no ref but the admitted branch moved and no commit has two parents",
  deploy: "no path of deploy/ or infra/ was touched; no way out of the sandbox but the relay was given",
  close: "no record of the run closes the work item",
  pr_open: "no try was recorded; no way out of the sandbox but the relay was given",
  issue_close: "the commit message holds no closing keyword; no way out of the sandbox but the relay was given",
  public_publication: "no try was recorded; no way out of the sandbox but the relay was given",
  credential_change: "authority files and keys were not found changed",
  vendor_source_mutation: "no path of vendor/, third_party/ or node_modules/ was touched",
  cortex_core_mutation: "the watched folders were not found changed",
};

const ONLY_RELAY = "no way out of the sandbox but the relay was given";

const NEEDS_TARGET: ReadonlySet<ForbiddenAction> = new Set(["push", "merge"]);

const whyNotObserved = (action: ForbiddenAction, record: RunRecord): string => {
  if (record.backend === "not-started") return "No agent was started.";
  if (NEEDS_TARGET.has(action) && record.proof === "unknown")
    return "No try was recorded; the target could not be looked at afterwards.";
  if (isUnread(record)) return "No try was recorded; what the agent left could not be read to its end.";
  const places = record.watched.filter((place) => place.action === action);
  const unread = places.some(({ before, after }) => before === "unknown" || after === "unknown");
  const found = unread ? "no try was recorded; what is watched for it could not be read" : DETECTION[action];
  const seen =
    hostsOf(record).length === 0 ? found : found.replace(ONLY_RELAY, "none of what was seen at the relay was one");
  return `${seen.charAt(0).toUpperCase()}${seen.slice(1)}.`;
};
