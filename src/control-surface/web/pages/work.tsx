import type { JSX } from "preact";

import type { NoContract, PacketObject } from "../../../harness/objects/packet.ts";
import type { ApprovalSigning } from "../../../harness/objects/signing.ts";
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
import { useResource, type Resource } from "../resource.ts";
import type { PageProps } from "../routes.ts";
import { useEvery } from "../use-every.ts";
import { ApprovalPanel, isToApprove } from "../work/approval-panel.tsx";
import type { Change } from "../work/change-list.tsx";
import { ContractView } from "../work/contract-view.tsx";
import { gateCells } from "../work/gate-cells.ts";
import { History } from "../work/history.tsx";
import { Preflight } from "../work/preflight.tsx";
import { SourceView } from "../work/source-view.tsx";

/** One work item: where it stands, its whole packet, what the gate says now, and the place to approve it. */
export const Page = ({ name }: PageProps): JSX.Element => {
  const page = useResource<Api["/api/w/:name"]>(`/api/w/${encodeURIComponent(name)}`);
  const value = page.kind === "ready" ? page.value : undefined;
  // What cannot be approved has nothing to sign: only what can is asked for.
  const isAsked = value?.view?.approvable === true && isToApprove(value.work);
  const signing = useResource<Api["/api/w/:name/signing"]>(isAsked ? `/api/w/${encodeURIComponent(name)}/signing` : "");
  const again = (): void => (page.again(), signing.again());
  // HEAD and files move without a record of it.
  useEvery(PREFLIGHT_EVERY_MS, page.refresh);
  usePageKeys({ id: name, digest: value?.view?.digests["packet"] });
  const title = value?.work.title ?? name;
  return (
    <>
      <PageHead
        title={title}
        trail={
          <>
            <a href="/packets">Packets</a> / {visible(name)}
          </>
        }
        facts={value === undefined ? undefined : <Facts page={value} />}
        acts={<Views />}
      />
      <Shown of={page} what="the work item" rows={9} near={(other) => `/w/${encodeURIComponent(other)}`}>
        {(shown) => (
          <Work
            page={shown}
            signing={signing}
            again={again}
            preflight={
              <Preflight gate={shown.gate} at={page.kind === "ready" ? page.at : new Date()} again={page.again} />
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
      <StateWord
        state={work.state}
        word={work.word}
        seq={work.history.findLast(({ state }) => state === work.state)?.seq}
      />
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
  page,
  signing,
  again,
  preflight,
}: {
  readonly page: WorkPage;
  readonly signing: Resource<ApprovalSigning>;
  readonly again: () => void;
  readonly preflight: JSX.Element;
}): JSX.Element => (
  <>
    <GateStrip cells={gateCells(page)} />
    <div class="columns">
      <div class="stack">
        <Packet page={page} />
        {preflight}
        <History history={page.work.history} />
      </div>
      <div class="stack beside">
        <ApprovalPanel page={page} signing={signing} again={again} />
      </div>
    </div>
  </>
);

const Packet = ({ page: { work, packet, view, sinceReviewed } }: { readonly page: WorkPage }): JSX.Element => {
  if (view === null) return <NoPacket packet={packet} />;
  const sha256 = view.digests["packet"] ?? "";
  if (here.value.query.get("view") === "source") return <SourceView work={work.work} sha256={sha256} />;
  const isOpen = isToApprove(work);
  const changes: readonly Change[] = isOpen && sinceReviewed?.kind === "compared" ? sinceReviewed.changes : [];
  return <ContractView title={isOpen ? "The packet you are approving" : "The packet"} view={view} changes={changes} />;
};

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
