import type { ProvenSandbox } from "../schemas/confinement.ts";
import type { WholeProof } from "../schemas/owned-repo.ts";
import type { TargetState } from "../schemas/target-state.ts";
import { eventsOf } from "./events.ts";
import type { Reading } from "./reading.ts";
import { isCutOff } from "./sandbox-args.ts";

type Statement = readonly [boolean, string];

/** What the whole form of the proof tells in two places, within itself and against log and confinement proof. */
export const lookStatements = (reading: Reading, proof: WholeProof): readonly Statement[] => {
  const { before, after, change } = proof;
  const looks = after === "unknown" ? [before] : [before, after];
  return [
    [looks.every(isOpenToNobody), "it tells of a target that no gate lets through"],
    [
      after === "unknown" ||
        change === "unknown" ||
        (after.controlPlaneSha256 === change.controlPlaneAfterSha256 &&
          after.manifestSha256 === change.manifestAfterSha256),
      "it tells the target afterwards in two ways",
    ],
    [
      after === "unknown" ||
        change === "unknown" ||
        (before.refsSha256 === after.refsSha256) === (change.refsChanged.length === 0),
      "its refs differ otherwise than it says",
    ],
    [
      after === "unknown" ||
        before.controlPlaneSha256 !== after.controlPlaneSha256 ||
        (before.refsSha256 === after.refsSha256 && before.stashCount === after.stashCount),
      "its refs or its stash moved in an unmoved git directory",
    ],
    ...remoteStatements(reading, proof),
    [isSameExecution(proof), "what could be executed is not what the preflight found"],
    [isLogged(reading, proof), "the log tells of other findings of the preflight"],
  ];
};

/** The git directory is the target's own, shared with nobody, and its configuration is one file. */
export const leadsNowhere = ({ identity, execution }: WholeProof): boolean =>
  identity.gitDir === `${identity.realpath}/.git` &&
  identity.gitCommonDir === identity.gitDir &&
  execution.includes.length === 0;

/** The stash is what it was, and refs moved where one is told to have moved. */
export const refsBearOut = ({ before, after, change }: WholeProof): boolean =>
  after !== "unknown" &&
  change !== "unknown" &&
  before.stashCount === after.stashCount &&
  (before.refsSha256 === after.refsSha256) === (change.refsChanged.length === 0);

const isOpenToNobody = ({ operationInProgress, lockFiles, indexFlags }: TargetState): boolean =>
  operationInProgress.length === 0 &&
  lockFiles.length === 0 &&
  indexFlags.assumeUnchanged === 0 &&
  indexFlags.skipWorktree === 0;

const remoteStatements = ({ confinement }: Reading, { remotes, after }: WholeProof): readonly Statement[] => {
  const equal = remotes.after === "unknown" ? "unknown" : isSame(remotes.before, remotes.after);
  return [
    [remotes.equal === equal, "it tells its remotes otherwise than its two lists"],
    [(remotes.after === "unknown") === (after === "unknown"), "it tells of remotes of a target that it did not see"],
    [
      confinement === undefined || remotes.networkDenied === denied(confinement.sandboxes),
      "the arguments of the sandboxes tell of another network",
    ],
  ];
};

const denied = (sandboxes: readonly ProvenSandbox[]): boolean | "unknown" =>
  sandboxes.length === 0 ? "unknown" : sandboxes.every(isCutOff);

/** The lists by the kind of each finding and the key that it names. */
const isSameExecution = ({ execution, found }: WholeProof): boolean => {
  const named = (finding: string): readonly string[] =>
    found.filter((one) => one.finding === finding).map(({ where }) => where);
  const driver = (key: RegExp): readonly string[] => named("driver").filter((where) => key.test(where));
  const [hooks, monitors] = [named("hook"), named("fsmonitor")];
  return (
    isSame(
      execution.hooks,
      hooks.filter((where) => where !== "core.hookspath"),
    ) &&
    execution.hooksPath === (hooks.includes("core.hookspath") ? "core.hookspath" : null) &&
    execution.fsmonitor === (monitors[0] ?? null) &&
    isSame(execution.filters, driver(/^filter\./)) &&
    isSame(execution.diffDrivers, driver(/^diff\.(?:external|.*\.command)$/s)) &&
    isSame(execution.textconv, driver(/^diff\..*\.textconv$/s))
  );
};

/** A gate that was asked again, after a crash, may have found more before; asked once, exactly this. */
const isLogged = ({ events }: Reading, { found }: WholeProof): boolean => {
  const line = (finding: unknown, where: unknown): string => JSON.stringify([finding, where]);
  const told = found.map(({ finding, where }) => line(finding, where));
  const logged = eventsOf(events, "preflight.found").map(({ data }) => line(data["finding"], data["path"]));
  const isOnce = eventsOf(events, "gate.decided").length === 1;
  return isOnce ? isSame(told, logged) : told.every((one) => logged.includes(one));
};

const isSame = (one: readonly string[], other: readonly string[]): boolean =>
  one.length === other.length && one.every((text, at) => text === other[at]);
