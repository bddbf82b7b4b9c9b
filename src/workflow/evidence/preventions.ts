import type { ForbiddenAction } from "../contract/contract.ts";
import { parseEvent } from "../event-chain.ts";
import type { CanaryId } from "../vocabulary.ts";
import type { RunRecord } from "./run-record.ts";

/** The canaries that an action could not be done without breaking; only for those that need a network or a credential. */
const PREVENTED_BY: Readonly<Partial<Record<ForbiddenAction, readonly CanaryId[]>>> = {
  push: ["network", "relay-deny", "write-target"],
  deploy: ["network", "relay-deny"],
  pr_open: ["network", "relay-deny"],
  issue_close: ["network", "relay-deny"],
  public_publication: ["network", "relay-deny"],
  credential_change: ["read-key", "read-secret", "environment", "network"],
};

/** The canaries of this run that prove that an action was not possible in it; undefined where they do not. */
export const preventionOf = (action: ForbiddenAction, record: RunRecord): readonly CanaryId[] | undefined => {
  const wanted = PREVENTED_BY[action];
  // What passes through an open host is not seen, so nothing that needs a network can be called impossible.
  if (hostsOf(record).length > 0) return undefined;
  // What was not read to its end may hold a try at anything that is one by its path.
  if (isUnread(record)) return undefined;
  if (wanted === undefined || (record.confinement !== "A" && record.confinement !== "B")) return undefined;
  // A stage that a crash broke off had no second pass.
  if (record.events.filter((line) => line.includes(STARTED)).length !== 1) return undefined;
  const held = (pass: "before" | "after", id: CanaryId): boolean => {
    const runs = record.canaries.filter((one) => one.purpose === "agent" && one.pass === pass);
    return (
      runs.length > 0 &&
      runs.every(({ run }) => run !== "not-run" && run.some((one) => one.id === id && one.verdict === "held"))
    );
  };
  return wanted.every((id) => held("before", id) && held("after", id)) ? wanted : undefined;
};

/** The hosts that this run's contract opened to its agent, beside the model. */
export const hostsOf = ({ contract }: Pick<RunRecord, "contract">): readonly string[] =>
  contract === "not-drawn" ? [] : (contract.allowedHosts ?? []);

/** Whether the harvest of this run ran into a limit, so that nobody knows what the agent left. */
export const isUnread = ({ events }: Pick<RunRecord, "events">): boolean =>
  events.some((line) => line.includes(COLLECTED) && parseEvent(line).data["limit"] !== undefined);

const COLLECTED = '"type":"cto.workspace.collected.v1"';
const STARTED = '"type":"cto.backend.started.v1"';
