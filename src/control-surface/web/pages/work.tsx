import type { JSX } from "preact";

import type { ApprovalView } from "../../../harness/objects/approval.ts";
import type { NoContract, PacketObject } from "../../../harness/objects/packet.ts";
import { visible } from "../../../workflow/visible-text.ts";
import type { Api, WorkPage } from "../../api.ts";
import { here } from "../navigation.ts";
import { usePageKeys } from "../page-keys.ts";
import { Copy } from "../parts/copy.tsx";
import { GateStrip } from "../parts/gate-strip.tsx";
import { PageHead } from "../parts/page-head.tsx";
import { Panel } from "../parts/panel.tsx";
import { Shown } from "../parts/shown.tsx";
import { StateWord } from "../parts/state-word.tsx";
import { Code, Told } from "../parts/told.tsx";
import { useResource } from "../resource.ts";
import type { PageProps } from "../routes.ts";
import { useEvery } from "../use-every.ts";
import { ApprovalPanel, isToApprove } from "../work/approval-panel.tsx";
import { ContractView } from "../work/contract-view.tsx";
import { gateCells } from "../work/gate-cells.ts";
import { History } from "../work/history.tsx";
import { Preflight } from "../work/preflight.tsx";
import { SourceView } from "../work/source-view.tsx";

/** One work item: where it stands, its whole packet, what the gate says now, and the place to approve it. */
export const Page = ({ name }: PageProps): JSX.Element => {
  const page = useResource<Api["/api/w/:name"]>(`/api/w/${encodeURIComponent(name)}`);
  const approvals = useResource<Api["/api/approvals"]>("/api/approvals");
  // HEAD and files move without a record of it.
  useEvery(PREFLIGHT_EVERY_MS, page.again);
  const packet = page.kind === "ready" ? page.value.packet : null;
  usePageKeys({ id: name, digest: packet !== null && "contract" in packet ? packet.digests.packet : undefined });
  const title = page.kind === "ready" ? (page.value.work.title ?? name) : name;
  return (
    <>
      <PageHead
        title={title}
        trail={
          <>
            <a href="/packets">Packets</a> / {visible(name)}
          </>
        }
        facts={page.kind === "ready" ? <Facts page={page.value} /> : undefined}
        acts={<Views />}
      />
      <Shown of={page} what="the work item" rows={9} near={(other) => `/w/${encodeURIComponent(other)}`}>
        {(value) => (
          <Work
            page={value}
            approvals={approvals.kind === "ready" ? approvals.value.approvals : []}
            preflight={
              <Preflight gate={value.gate} at={page.kind === "ready" ? page.at : new Date()} again={page.again} />
            }
          />
        )}
      </Shown>
    </>
  );
};

const PREFLIGHT_EVERY_MS = 30_000;

const Facts = ({ page: { work, packet } }: { readonly page: WorkPage }): JSX.Element => {
  const contract = packet !== null && "contract" in packet ? packet.contract : undefined;
  return (
    <>
      <StateWord state={work.state} word={work.word} />
      {work.lastRun === undefined ? (
        <span>No run yet</span>
      ) : (
        <a href={`/r/${encodeURIComponent(work.lastRun)}`}>{visible(work.lastRun)}</a>
      )}
      {contract === undefined ? null : (
        <span>
          backend {contract.executionGate.backend}, stage {contract.executionGate.stage}
        </span>
      )}
      {work.owner === undefined ? null : (
        <span>
          owner <Told text={work.owner} />
        </span>
      )}
      <Copy text={work.work} />
    </>
  );
};

const Views = (): JSX.Element => {
  const isSource = here.value.query.get("view") === "source";
  return (
    <nav class="tabs" aria-label="Views of the packet">
      <a href={here.value.path} aria-current={isSource ? undefined : "page"}>
        Contract
      </a>
      <a href={`${here.value.path}?view=source`} aria-current={isSource ? "page" : undefined}>
        Source
      </a>
    </nav>
  );
};

const Work = ({
  page: { work, packet, gate },
  approvals,
  preflight,
}: {
  readonly page: WorkPage;
  readonly approvals: readonly ApprovalView[];
  readonly preflight: JSX.Element;
}): JSX.Element => {
  const contract = packet !== null && "contract" in packet ? packet : undefined;
  return (
    <>
      <GateStrip cells={gateCells({ work, gate }, approvals)} />
      <div class="columns">
        <div class="stack">
          {contract === undefined ? (
            <NoPacket packet={packet} />
          ) : (
            <Packet work={work.work} packet={contract} isOpen={isToApprove(work)} />
          )}
          {preflight}
          <History history={work.history} />
        </div>
        <div class="stack beside">
          <ApprovalPanel work={work} packet={contract} approvals={approvals} />
        </div>
      </div>
    </>
  );
};

const Packet = ({
  work,
  packet,
  isOpen,
}: {
  readonly work: string;
  readonly packet: PacketObject;
  readonly isOpen: boolean;
}): JSX.Element =>
  here.value.query.get("view") === "source" ? (
    <SourceView work={work} sha256={packet.digests.packet} />
  ) : (
    <ContractView title={isOpen ? "The packet you are approving" : "The packet"} packet={packet} changes={[]} />
  );

const NoPacket = ({ packet }: { readonly packet: PacketObject | NoContract | null }): JSX.Element => (
  <Panel title="No contract can be drawn" id="packet" kind="bad">
    <ul class="rows">
      {(packet !== null && "refusals" in packet ? packet.refusals : []).map(({ code, message, next, at }, place) => (
        <li key={place}>
          <div class="row">
            <div class="grow">
              <p>
                <Told text={message} />
              </p>
              <p class="hint">
                <code>{code}</code>
                {at === undefined ? null : (
                  <>
                    {" "}
                    <Code text={`${at.file}:${at.line}:${at.column}`} />
                  </>
                )}{" "}
                next: <Told text={next} />
              </p>
            </div>
          </div>
        </li>
      ))}
    </ul>
    {packet === null ? <p class="empty">No packet in .sot/03-PROTOCOLS proposes this work item.</p> : null}
  </Panel>
);
