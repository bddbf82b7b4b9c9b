import type { JSX } from "preact";

import type { ApprovalSigning } from "../../../harness/objects/signing.ts";
import type { WorkPage } from "../../api.ts";
import { isReadOnly } from "../ask.ts";
import { Command } from "../parts/copy.tsx";
import { Icon } from "../parts/icons.tsx";
import { Panel } from "../parts/panel.tsx";
import { shortWord } from "../parts/short-word.ts";
import { Trouble } from "../parts/shown.tsx";
import { Told } from "../parts/told.tsx";
import type { Resource } from "../resource.ts";
import { ApproveBox } from "./approve-box.tsx";
import { MarkReviewed } from "./mark-reviewed.tsx";
import { Refused } from "./refused.tsx";
import { Standing } from "./standing-approval.tsx";

/** Whether the next act is an approval: no approval stands, and no run waits for its end. */
export const isToApprove = ({ state }: Pick<WorkPage["work"], "state">): boolean => !SETTLED.has(state);

const SETTLED: ReadonlySet<string> = new Set([
  "approved",
  "executing",
  "queued",
  "stopping",
  "awaiting_outcome",
  "rejected",
  "rollback_failed",
  "accepted",
  "superseded",
  "retired",
]);

/** The approval that stands, with the way to take it back; where none stands, the place to give one. */
export const ApprovalPanel = ({
  page,
  signing,
  again,
}: {
  readonly page: WorkPage;
  readonly signing: Resource<ApprovalSigning>;
  readonly again: () => void;
}): JSX.Element => {
  const { work, approval } = page;
  if (approval !== null && work.state === "approved") return <Standing approval={approval} work={work.work} />;
  if (!isToApprove(work)) return <Spent page={page} />;
  const notice = <WhyAgain page={page} />;
  const waiting = approval?.state === "waits" ? <Standing approval={approval} work={work.work} /> : null;
  return (
    <>
      {waiting}
      {signing.kind === "ready" && signing.value.presentedSha256 !== page.view?.sha256 ? (
        <Apart again={again} />
      ) : signing.kind === "ready" ? (
        <ApproveBox
          key={`${signing.value.presentedSha256} ${signing.value.reviewedFrom ?? ""}`}
          signing={signing.value}
          owner={work.owner ?? "its owner"}
          notice={notice}
          again={again}
        />
      ) : (
        <HowToApprove page={page} signing={signing} notice={notice} />
      )}
    </>
  );
};

const Spent = ({ page: { work, approval } }: { readonly page: WorkPage }): JSX.Element => (
  <Panel title="Approval">
    <p class="body">
      <span>
        {approval === null ? "Nothing is to be approved." : `${approval.id}: ${approval.says}.`}{" "}
        {work.lastRun === undefined ? null : <a href={`/r/${encodeURIComponent(work.lastRun)}`}>Look at the run</a>}
      </span>
    </p>
  </Panel>
);

/** An approval that was there and is worth nothing any more. */
const WhyAgain = ({ page: { work, approval } }: { readonly page: WorkPage }): JSX.Element | null =>
  approval === null || !OVER.has(work.state) ? null : (
    <p class="notice" data-event={approval.seq}>
      <Icon name="warn" />
      <span>
        <Told text={shortWord(work.word)} />. <Told text={`${approval.id} of ${approval.by}`} /> approves nothing any
        more.
      </span>
    </p>
  );

const OVER: ReadonlySet<string> = new Set(["stale", "expired", "withdrawn"]);

/** Where this page cannot take an approval: why, and the command that can. */
const HowToApprove = ({
  page: { work, packet, view },
  signing,
  notice,
}: {
  readonly page: WorkPage;
  readonly signing: Resource<ApprovalSigning>;
  readonly notice: JSX.Element | null;
}): JSX.Element => {
  const contract = packet !== null && "contract" in packet ? packet : undefined;
  const hindrances = view?.hindrances ?? [];
  const isRead = signing.kind === "problem" && isReadOnly(signing.problem);
  const problem = signing.kind === "problem" && !isRead ? signing.problem : undefined;
  const isRefused = problem?.status === 409;
  return (
    <Panel title="Approve" kind="act" id="approve">
      <div class="body">
        {notice}
        {contract === undefined ? <p>Nothing can be approved before the packet lints.</p> : null}
        {hindrances.length === 0 ? null : (
          <>
            <p>Nothing can be approved now:</p>
            <ul class="refused">
              {hindrances.map(({ code, message, next }, place) => (
                <li key={place}>
                  <p class="state warn">
                    <Icon name="warn" />
                    <Told text={message} />
                  </p>
                  <p class="hint">
                    <code>{code}</code> next: <Told text={next} />
                  </p>
                </li>
              ))}
            </ul>
          </>
        )}
        {problem === undefined ? null : isRefused ? (
          <Refused problem={problem} />
        ) : (
          <Trouble problem={problem} again={signing.again} />
        )}
        {contract === undefined || hindrances.length > 0 || isRefused ? null : (
          <>
            <p>
              Nothing runs until {work.owner === undefined ? "its owner" : <Told text={work.owner} />} approves it, by
              exactly this sentence and a signature:
            </p>
            <p class="sentence">
              <Told text={contract.sentence} />
            </p>
            <p class="hint">In the terminal, where the key is:</p>
            <Command line={`cto approve ${work.work} --key KEY`} />
          </>
        )}
        {contract === undefined || isRead ? null : <MarkReviewed work={work.work} sha256={contract.digests.packet} />}
      </div>
    </Panel>
  );
};

/** Contract and signature are read by two requests: nothing is offered to sign but what is shown. */
const Apart = ({ again }: { readonly again: () => void }): JSX.Element => (
  <Panel title="Approve" kind="act" id="approve">
    <div class="body">
      <p>What is shown here and what would be signed are not the same any more.</p>
      <button type="button" onClick={again}>
        Read both anew
      </button>
    </div>
  </Panel>
);
