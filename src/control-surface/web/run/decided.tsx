import type { JSX } from "preact";
import { useState } from "preact/hooks";

import type { RollbackObject } from "../../../harness/objects/rollback.ts";
import type { RunObject, RunOutcome, RunRollback } from "../../../harness/objects/run.ts";
import { tell, type Problem } from "../ask.ts";
import { live } from "../live.ts";
import { Digest } from "../parts/copy.tsx";
import { Moment } from "../parts/moment.tsx";
import { Panel } from "../parts/panel.tsx";
import { Trouble } from "../parts/shown.tsx";
import { StateWord } from "../parts/state-word.tsx";
import { Told } from "../parts/told.tsx";
import { addressOf } from "../run-addresses.ts";
import { Criteria } from "./criteria.tsx";
import { EventLinks } from "./event-links.tsx";
import { newest } from "./event-words.ts";
import { isTampered, type Standing } from "./standing.ts";

/** What the owner decided, and after a rejection the one act that is left: to take the commit back. */
export const Decided = ({ standing }: { readonly standing: Standing }): JSX.Element => {
  const { run } = standing;
  const { outcome, rollback } = run;
  const kind = run.state === "rejected" || run.state === "rollback_failed" ? "bad" : "plain";
  return (
    <Panel title="Outcome" kind={kind}>
      <div class="body">
        {isTampered(standing) ? (
          <StateWord state="tampered" word="Evidence does not verify" />
        ) : (
          <StateWord state={run.state} word={run.word} seq={rollback?.seq ?? outcome?.seq} />
        )}
        {outcome === undefined ? null : <Decision outcome={outcome} />}
        {rollback === undefined ? null : <Proof run={run} rollback={rollback} />}
        {run.state === "rejected" || run.state === "rollback_failed" ? <TakeBack standing={standing} /> : null}
      </div>
      <Criteria standing={standing} />
    </Panel>
  );
};

const Decision = ({ outcome: { outcome, by, at, reason, seq } }: { readonly outcome: RunOutcome }): JSX.Element => (
  <dl class="facts-of">
    <dt>Outcome</dt>
    <dd data-event={seq}>
      {outcome} <span class="seq">#{seq}</span>
    </dd>
    <dt>Signed by</dt>
    <dd>
      <Told text={by} />, <Moment at={at} />
    </dd>
    {reason === "" ? null : (
      <>
        <dt>Reason</dt>
        <dd>
          <Told text={reason} />
        </dd>
      </>
    )}
  </dl>
);

/** The revert, held against the base that the run began from. */
const Proof = ({ run, rollback }: { readonly run: RunObject; readonly rollback: RunRollback }): JSX.Element => (
  <dl class="facts-of">
    <dt>Rolled back by</dt>
    <dd>
      <Told text={rollback.by} />, <Moment at={rollback.at} /> <span class="seq">#{rollback.seq}</span>
    </dd>
    <dt>Commit</dt>
    <dd>{rollback.commit === null ? "unknown" : <Digest sha256={rollback.commit} />}</dd>
    <dt>Tree</dt>
    <dd>{rollback.tree === null ? "unknown" : <Digest sha256={rollback.tree} />}</dd>
    <dt>Base</dt>
    <dd>{run.base === undefined ? "unknown" : <Digest sha256={run.base} />}</dd>
    <dt>Compared</dt>
    <dd class={rollback.equalsBase ? "ok" : "bad text"} data-event={rollback.seq}>
      {rollback.equalsBase ? "tree equals base" : "tree differs from base"}
    </dd>
  </dl>
);

const TakeBack = ({ standing: { run, facts } }: { readonly standing: Standing }): JSX.Element => {
  const [problem, setProblem] = useState<Problem>();
  const [isBusy, setBusy] = useState(false);
  const rehearsed = newest(facts, "rollback.rehearsed");
  const says =
    rehearsed === undefined
      ? facts === undefined
        ? "rehearsal not known yet"
        : "not rehearsed"
      : rehearsed.detail["equalsBase"] === true
        ? "rehearsed: tree equals base"
        : "rehearsed: tree differs from base";
  const take = async (): Promise<void> => {
    setBusy(true);
    const answer = await tell<RollbackObject>(addressOf(run.run, "/rollback"), { outcomeSeq: run.outcome?.seq ?? -1 });
    setBusy(false);
    setProblem(answer.ok ? undefined : answer.problem);
  };
  return (
    <>
      <button
        type="button"
        class="harm wide"
        disabled={isBusy || live.value !== "live" || run.outcome === undefined}
        onClick={() => void take()}
      >
        Roll back {run.commit?.slice(0, 7)}, {says}
      </button>
      <p class="hint">
        One more commit on the target restores the tree of the base. Nothing is pushed.{" "}
        {rehearsed === undefined ? null : <EventLinks events={[rehearsed.seq]} />}
      </p>
      {run.state === "rollback_failed" ? (
        <p class="hint">
          next: <Told text={run.next} />
        </p>
      ) : null}
      {problem === undefined ? null : <Trouble problem={problem} again={() => setProblem(undefined)} />}
    </>
  );
};
