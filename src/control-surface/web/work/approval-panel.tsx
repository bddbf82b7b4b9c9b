import type { JSX } from "preact";
import { useState } from "preact/hooks";

import type { ApprovalView } from "../../../harness/objects/approval.ts";
import type { PacketObject } from "../../../harness/objects/packet.ts";
import type { WorkWithHistory } from "../../../harness/objects/work.ts";
import type { WriteApi } from "../../api.ts";
import { tell, type Problem } from "../ask.ts";
import { live } from "../live.ts";
import { Command } from "../parts/copy.tsx";
import { Icon } from "../parts/icons.tsx";
import { Moment } from "../parts/moment.tsx";
import { Panel } from "../parts/panel.tsx";
import { Told } from "../parts/told.tsx";
import { Refused } from "./refused.tsx";

/** Whether the next act is an approval: no approval stands, and no run waits for its end. */
export const isToApprove = ({ state }: Pick<WorkWithHistory, "state">): boolean => !SETTLED.has(state);

const SETTLED: ReadonlySet<string> = new Set([
  "approved",
  "executing",
  "stopping",
  "awaiting_outcome",
  "rejected",
  "rollback_failed",
  "accepted",
  "superseded",
  "retired",
]);

/** The approval that stands, with the way to take it back; where none stands, how one is given. */
export const ApprovalPanel = ({
  work,
  packet,
  approvals,
}: {
  readonly work: WorkWithHistory;
  readonly packet: PacketObject | undefined;
  readonly approvals: readonly ApprovalView[];
}): JSX.Element => {
  const approval = approvals.findLast((each) => each.work === work.work);
  if (approval !== undefined && (work.state === "approved" || approval.state === "waits"))
    return <Standing approval={approval} work={work.work} />;
  if (!isToApprove(work))
    return (
      <Panel title="Approval">
        <p class="body">
          <span>
            {approval === undefined ? "Nothing is to be approved." : `${approval.id}: ${approval.says}.`}{" "}
            {work.lastRun === undefined ? null : <a href={`/r/${encodeURIComponent(work.lastRun)}`}>Look at the run</a>}
          </span>
        </p>
      </Panel>
    );
  return <HowToApprove work={work} packet={packet} />;
};

const Standing = ({
  approval: { id, by, assurance, at, expiresAt, seq, state, says },
  work,
}: {
  readonly approval: ApprovalView;
  readonly work: string;
}): JSX.Element => (
  <Panel title={state === "waits" ? "Approval, not complete" : "Approved"}>
    <dl class="pairs narrow">
      <dt>Approval</dt>
      <dd data-event={seq}>
        <span class={`state ${state === "waits" ? "warn" : "info"}`}>
          <Icon name={state === "waits" ? "clock" : "check"} />
          <span>{id}</span>
        </span>{" "}
        <span class="seq">#{seq}</span>
      </dd>
      <dt>By</dt>
      <dd>
        <Told text={by} />, assurance {assurance}, <Moment at={at} />
      </dd>
      <dt>Expires</dt>
      <dd>
        <Moment at={expiresAt} />
      </dd>
      <dt>Use</dt>
      <dd>{state === "waits" ? <Told text={says} /> : "single use, not used yet"}</dd>
    </dl>
    <div class="body">
      {state === "waits" ? null : (
        <>
          <p class="hint">The run is started in the terminal:</p>
          <Command line={`cto run ${work}`} />
        </>
      )}
      <Withdraw id={id} />
    </div>
  </Panel>
);

/** Taking it back is one act with a reason; it takes effect at once. */
const Withdraw = ({ id }: { readonly id: string }): JSX.Element => {
  const [reason, setReason] = useState("");
  const [problem, setProblem] = useState<Problem>();
  const withdraw = async (): Promise<void> => {
    const given: WriteApi["/api/approvals/:name/withdraw"]["given"] = { reason };
    const answer = await tell<WriteApi["/api/approvals/:name/withdraw"]["answer"]>(
      `/api/approvals/${encodeURIComponent(id)}/withdraw`,
      given,
    );
    setProblem(answer.ok ? undefined : answer.problem);
  };
  const why = live.value !== "live" ? "The server is not heard." : reason === "" ? "Say why first." : undefined;
  return (
    <form
      class="stack tight"
      onSubmit={(event) => {
        event.preventDefault();
        void withdraw();
      }}
    >
      <label class="field">
        Reason to withdraw
        <input
          type="text"
          value={reason}
          maxLength={1000}
          onInput={({ currentTarget }) => setReason(currentTarget.value)}
        />
      </label>
      <button type="submit" class="harm wide" disabled={why !== undefined} aria-describedby="why-no-withdrawal">
        Withdraw
      </button>
      <p class="hint" id="why-no-withdrawal">
        {why ?? "Works until a run starts."}
      </p>
      {problem === undefined ? null : <Refused problem={problem} />}
    </form>
  );
};

const HowToApprove = ({
  work,
  packet,
}: {
  readonly work: WorkWithHistory;
  readonly packet: PacketObject | undefined;
}): JSX.Element => (
  <Panel title="Approve" kind="act" id="approve">
    <div class="body">
      {packet === undefined ? (
        <p>Nothing can be approved before the packet lints.</p>
      ) : (
        <>
          <p>
            Nothing runs until {work.owner === undefined ? "its owner" : <Told text={work.owner} />} approves it, by
            exactly this sentence and a signature:
          </p>
          <p class="sentence">
            <Told text={packet.sentence} />
          </p>
          <p class="hint">In the terminal, where the key is:</p>
          <Command line={`cto approve ${work.work} --key KEY`} />
        </>
      )}
    </div>
  </Panel>
);
