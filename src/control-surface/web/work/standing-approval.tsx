import { useSignal } from "@preact/signals";
import type { JSX } from "preact";

import type { ApprovalView } from "../../../harness/objects/approval.ts";
import type { WriteApi } from "../../api.ts";
import { onlyReads, tell, type Problem } from "../ask.ts";
import { live } from "../live.ts";
import { Command } from "../parts/copy.tsx";
import { Icon } from "../parts/icons.tsx";
import { Moment } from "../parts/moment.tsx";
import { Panel } from "../parts/panel.tsx";
import { Told } from "../parts/told.tsx";
import { Refused } from "./refused.tsx";

/** An approval as it is recorded: who, how sure, until when, and the way to take it back. */
export const Standing = ({
  approval: { id, by, assurance, at, expiresAt, seq, state, says },
  work,
}: {
  readonly approval: ApprovalView;
  readonly work: string;
}): JSX.Element => {
  const waits = state === "waits";
  return (
    <Panel title={waits ? "Approval, not complete" : "Approved"} id="approval">
      <dl class="pairs narrow">
        <dt>Approval</dt>
        <dd data-event={seq}>
          <span class={`state ${waits ? "warn" : "info"}`}>
            <Icon name={waits ? "clock" : "check"} />
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
        <dd>{waits ? <Told text={says} /> : "single use, not used yet"}</dd>
      </dl>
      <div class="body after-pairs">
        {waits ? null : (
          <>
            <p class="hint">The run is started in the terminal:</p>
            <Command line={`cto run ${work}`} />
          </>
        )}
        <Withdraw id={id} />
      </div>
    </Panel>
  );
};

/** Taking it back is one act with a reason; it takes effect at once. */
const Withdraw = ({ id }: { readonly id: string }): JSX.Element => {
  const reason = useSignal("");
  const problem = useSignal<Problem | undefined>(undefined);
  const withdraw = async (): Promise<void> => {
    const given: WriteApi["/api/approvals/:name/withdraw"]["given"] = { reason: reason.value };
    const answer = await tell<WriteApi["/api/approvals/:name/withdraw"]["answer"]>(
      `/api/approvals/${encodeURIComponent(id)}/withdraw`,
      given,
    );
    problem.value = answer.ok ? undefined : answer.problem;
  };
  if (onlyReads.value)
    return (
      <p class="hint">
        This server only reads. In the terminal: <code>cto approval withdraw {id} --reason TEXT</code>
      </p>
    );
  const why = live.value !== "live" ? "The server is not heard." : reason.value === "" ? "Say why first." : undefined;
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
          value={reason.value}
          maxLength={1000}
          onInput={({ currentTarget }) => (reason.value = currentTarget.value)}
        />
      </label>
      <button type="submit" class="harm wide" disabled={why !== undefined} aria-describedby="why-no-withdrawal">
        Withdraw
      </button>
      <p class="hint" id="why-no-withdrawal">
        {why ?? "Works until a run starts."}
      </p>
      {problem.value === undefined ? null : <Refused problem={problem.value} />}
    </form>
  );
};
