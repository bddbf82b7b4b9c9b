import type { JSX } from "preact";

import type { Api, WorkPage } from "../../api.ts";
import { Panel } from "../parts/panel.tsx";
import { Empty, Shown } from "../parts/shown.tsx";
import { Told } from "../parts/told.tsx";
import { useResource, type Resource } from "../resource.ts";
import { ChangeList } from "../work/change-list.tsx";
import { CompareTable } from "./compare-table.tsx";
import { comparedMembers } from "./compared.ts";

/** Two packets: what the second gives more leave for than the first, or less, and every field of their contracts. */
export const ComparePackets = ({ a, b }: { readonly a: string; readonly b: string }): JSX.Element => {
  const [one, other] = [useWork(a), useWork(b)];
  return (
    <Shown of={one} what={a} near={(name) => `/compare?a=${encodeURIComponent(name)}&b=${encodeURIComponent(b)}`}>
      {(pageA) => (
        <Shown of={other} what={b} near={(name) => `/compare?a=${encodeURIComponent(a)}&b=${encodeURIComponent(name)}`}>
          {(pageB) => {
            const lacking = [pageA, pageB]
              .filter((page) => contractOf(page) === undefined)
              .map((page) => page.work.work);
            return (
              <div class="stack">
                {lacking.length === 0 ? <Leave a={a} b={b} /> : null}
                <Panel title="The contracts">
                  {lacking.length === 0 ? (
                    <CompareTable
                      names={[a, b]}
                      label="The contracts side by side"
                      rows={comparedMembers(contractOf(pageA), contractOf(pageB))}
                    />
                  ) : (
                    <Empty>
                      No contract to compare: the packet of <Told text={lacking.join(" and of ")} /> says none.
                    </Empty>
                  )}
                </Panel>
              </div>
            );
          }}
        </Shown>
      )}
    </Shown>
  );
};

/** Read by the server from the bytes of now: what is not provably narrower widens. */
const Leave = ({ a, b }: { readonly a: string; readonly b: string }): JSX.Element => {
  const address = `/api/w/${encodeURIComponent(b)}/diff?against=${encodeURIComponent(a)}`;
  const changes = useResource<Api["/api/w/:name/diff"]>(address);
  return (
    <Panel
      title={`From ${a} to ${b}`}
      aside={changes.kind === "ready" && changes.value.kind === "compared" ? LEAVE[changes.value.class] : undefined}
    >
      <Shown of={changes} what="what differs" rows={3}>
        {(value) =>
          value.kind !== "compared" ? (
            <Empty>They cannot be compared now: one of the packets says no contract.</Empty>
          ) : value.changes.length === 0 ? (
            <Empty>Both say the same contract.</Empty>
          ) : (
            <dl class="pairs">
              {value.changes.map((change, place) => (
                <>
                  <dt key={place}>
                    <Told text={change.field} />
                  </dt>
                  <dd>
                    <ChangeList changes={[change]} />
                  </dd>
                </>
              ))}
            </dl>
          )
        }
      </Shown>
    </Panel>
  );
};

const LEAVE = {
  widens: "the second gives more leave",
  narrows: "the second gives less leave",
  wording: "other words for the same leave",
  same: "the same leave",
} as const;

const useWork = (work: string): Resource<WorkPage> => useResource<WorkPage>(`/api/w/${encodeURIComponent(work)}`);

const contractOf = ({ packet }: WorkPage): unknown =>
  packet !== null && "contract" in packet ? packet.contract : undefined;
