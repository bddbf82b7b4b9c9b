import type { JSX } from "preact";
import { useState } from "preact/hooks";

import type { AuditPage } from "../../../harness/objects/audit.ts";
import type { RunObject } from "../../../harness/objects/run.ts";
import type { Api } from "../../api.ts";
import { usePageKeys } from "../page-keys.ts";
import { Copy } from "../parts/copy.tsx";
import { GateStrip } from "../parts/gate-strip.tsx";
import { PageHead } from "../parts/page-head.tsx";
import { Shown, Trouble, Waiting } from "../parts/shown.tsx";
import { StateWord } from "../parts/state-word.tsx";
import { Code, Told } from "../parts/told.tsx";
import { useResource } from "../resource.ts";
import type { PageProps } from "../routes.ts";
import { addressOf, recordsOf } from "../run-addresses.ts";
import { Attempts } from "../run/actions.tsx";
import { Change, ChangeSoFar } from "../run/change.tsx";
import { PresentContract, SealedContract } from "../run/contract.tsx";
import { Evidence, NoEvidenceYet } from "../run/evidence.tsx";
import { useKeyFacts, useSeen } from "../run/key-facts.ts";
import { ValidationLog } from "../run/log.tsx";
import { OutcomeBox } from "../run/outcome.tsx";
import { useRehash } from "../run/rehash.ts";
import { SaidByTheAgent } from "../run/said.tsx";
import { pathsIn } from "../run/seen.ts";
import { gateCellsOf, isBlocked, isOpen, isTampered, recordOf, type Standing } from "../run/standing.ts";
import { mismatchesOf } from "../run/sums.ts";
import { Timeline } from "../run/timeline.tsx";
import { ofRun, useWhileOpen } from "../run/while-open.ts";

/** One run: where it stands on the line, what happened, what it changed, whether that is true, and what to do about it. */
export const Page = ({ name }: PageProps): JSX.Element => {
  const run = useResource<Api["/api/r/:name"]>(addressOf(name), ofRun(name));
  useWhileOpen(run, run.kind === "ready" && isOpen(run.value));
  usePageKeys({
    id: name,
    ...(run.kind === "ready" && run.value.commit !== undefined ? { digest: run.value.commit } : {}),
  });
  return (
    <>
      {run.kind === "ready" ? null : <PageHead title={name} trail={<a href="/runs">Runs</a>} />}
      <Shown of={run} what="the run" rows={12} near={(other) => `/r/${encodeURIComponent(other)}`}>
        {(value) => <Whole run={value} />}
      </Shown>
    </>
  );
};

const Whole = ({ run }: { readonly run: RunObject }): JSX.Element => {
  const [round, setRound] = useState(0);
  const goesOn = isOpen(run);
  const isSealed = run.verify !== undefined;
  const ledger = useResource<AuditPage>(recordsOf(run.run), ofRun(run.run));
  const facts = useKeyFacts(run.run, goesOn);
  const seen = useSeen(run.run, goesOn);
  const rehash = useRehash(run.run, isSealed, round);
  const records = ledger.kind === "ready" ? ledger.value.entries : [];
  const standing: Standing = { run, facts, records, mismatches: mismatchesOf(rehash) };
  // What stands in the ledger of this run is known then: no tick before that.
  if (ledger.kind === "loading")
    return (
      <>
        <PageHead title={run.run} trail={<a href="/runs">Runs</a>} />
        <Waiting what="the records of the ledger" rows={12} />
      </>
    );
  return (
    <>
      <Head standing={standing} />
      {/* What the ledger says of this run is not known then: nothing of it is shown as if it were. */}
      {ledger.kind === "problem" ? <Trouble problem={ledger.problem} again={ledger.again} /> : null}
      <GateStrip cells={gateCellsOf(standing)} />
      <div class="columns">
        <div class="stack">
          <Timeline run={run.run} isOpen={goesOn} />
          <Attempts run={run} facts={facts} seen={seen} />
          {isSealed ? <Change run={run.run} /> : <ChangeSoFar paths={seen === undefined ? undefined : pathsIn(seen)} />}
          <ValidationLog run={run.run} facts={facts} />
          {isSealed ? (
            <Evidence
              run={run.run}
              rehash={rehash}
              verdict={run.verify?.verdict}
              sealedSeq={recordOf(records, ...SEALS)?.seq}
              again={() => setRound((now) => now + 1)}
            />
          ) : (
            <NoEvidenceYet />
          )}
          <SaidByTheAgent claims={run.claims} />
        </div>
        <div class="stack">
          <OutcomeBox standing={standing} rehash={rehash} seen={seen} />
          {isSealed && !isBlocked(run) ? <SealedContract run={run.run} /> : <PresentContract work={run.work} />}
        </div>
      </div>
    </>
  );
};

/** The records that come with a bundle. */
const SEALS = ["run.sealed", "run.blocked", "run.voided", "run.failed", "run.stopped", "run.interrupted"] as const;

const Head = ({ standing }: { readonly standing: Standing }): JSX.Element => {
  const { run } = standing;
  const { owner } = run;
  const activation = run.runtimeDefaultActivation;
  return (
    <PageHead
      title={run.title ?? run.run}
      acts={
        run.verify === undefined ? undefined : (
          <a class="button" href={`/r/${encodeURIComponent(run.run)}/replay`}>
            Replay
          </a>
        )
      }
      trail={
        <>
          <a href="/runs">Runs</a> / <a href={`/w/${encodeURIComponent(run.work)}`}>{run.work}</a>
        </>
      }
      facts={
        <>
          {isTampered(standing) ? (
            <StateWord state="tampered" word="Evidence does not verify" />
          ) : (
            <StateWord state={run.state} word={run.word} seq={run.seq} />
          )}
          <Copy text={run.run} />
          {run.backend === undefined || run.backend === null ? null : (
            <span>
              backend <Told text={`${run.backend.name} ${run.backend.version}`} />
            </span>
          )}
          {owner === undefined ? null : (
            <span>
              owner <Told text={owner} />
            </span>
          )}
          {activation === undefined ? null : (
            <span>
              runtime default {activation.before ? "ON" : "off"} before, {activation.after ? "ON" : "off"} after
            </span>
          )}
          {run.commit === undefined ? null : (
            <span>
              commit <Code text={run.commit.slice(0, 7)} />
            </span>
          )}
        </>
      }
    />
  );
};
