import type { JSX } from "preact";

import type { WorkPage } from "../../api.ts";
import { Panel } from "../parts/panel.tsx";
import { Empty, Shown } from "../parts/shown.tsx";
import { Told } from "../parts/told.tsx";
import { useResource, type Resource } from "../resource.ts";
import { CompareTable } from "./compare-table.tsx";
import { comparedMembers } from "./compared.ts";

/** Two packets: every field of their contracts. Whether a change of one packet widens is said on its own page. */
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
            );
          }}
        </Shown>
      )}
    </Shown>
  );
};

const useWork = (work: string): Resource<WorkPage> => useResource<WorkPage>(`/api/w/${encodeURIComponent(work)}`);

const contractOf = ({ packet }: WorkPage): unknown =>
  packet !== null && "contract" in packet ? packet.contract : undefined;
