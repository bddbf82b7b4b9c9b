import type { JSX } from "preact";

import type { Api } from "../../api.ts";
import { Moment } from "../parts/moment.tsx";
import { PageHead } from "../parts/page-head.tsx";
import { Panel } from "../parts/panel.tsx";
import { Empty, Shown } from "../parts/shown.tsx";
import { StateWord } from "../parts/state-word.tsx";
import { Told } from "../parts/told.tsx";
import { useResource } from "../resource.ts";

/** What needs somebody, what runs, and how many there are of each state. */
export const Page = (): JSX.Element => {
  const status = useResource<Api["/api/status"]>("/api/status");
  return (
    <>
      <PageHead title="Inbox" />
      <Shown of={status} what="the home's status">
        {({ needs }) => (
          <Panel title="Needs you" aside={`${needs.length}`}>
            {needs.length === 0 ? <Empty>Nothing needs you.</Empty> : null}
            <ul class="rows">
              {needs.map((need) => (
                <li key={`${need.work}${need.run ?? ""}`}>
                  <a href={need.run === undefined ? `/w/${need.work}` : `/r/${need.run}`}>
                    <StateWord state={need.state} word={need.word} />
                    <Told text={need.work} />
                    {need.since === undefined ? null : <Moment at={need.since} />}
                  </a>
                </li>
              ))}
            </ul>
          </Panel>
        )}
      </Shown>
    </>
  );
};
