import type { JSX } from "preact";

import type { Api } from "../../api.ts";
import { lasting, Moment } from "../parts/moment.tsx";
import { Panel } from "../parts/panel.tsx";
import { Empty, Shown } from "../parts/shown.tsx";
import { Code, Told } from "../parts/told.tsx";
import { useResource } from "../resource.ts";

/** What was told to whom, what waits, what could not be delivered, and how long blocked work waited for its answer. */
export const Notices = (): JSX.Element => {
  const notices = useResource<Api["/api/notices"]>("/api/notices?limit=100");
  return (
    <Shown of={notices} what="the notices">
      {({ channels, counts, notices: told, answers }) => {
        const stuck = told.flatMap((notice) =>
          notice.deliveries
            .filter(({ state }) => state === "dead" || state === "waiting")
            .map((delivery) => ({ notice, delivery })),
        );
        return (
          <Panel
            title="Notices"
            kind={counts.dead > 0 ? "bad" : "plain"}
            aside={`${counts.delivered} delivered, ${counts.waiting} waiting, ${counts.dead} dead, ${counts.muted} muted`}
          >
            <dl class="pairs">
              {channels.map(({ channel, problem }) => (
                <>
                  <dt>
                    <Told text={channel} />
                  </dt>
                  <dd>{problem === "none" ? "can be sent on" : <Told text={problem} />}</dd>
                </>
              ))}
            </dl>
            {stuck.length === 0 ? (
              <Empty>Nothing waits, and no letter is dead among the newest 100 events.</Empty>
            ) : null}
            <ul class="rows">
              {stuck.map(({ notice, delivery }) => (
                <li key={`${notice.id}${delivery.channel}`}>
                  <div class="row">
                    <span class={delivery.state === "dead" ? "bad text" : "warn"}>{delivery.state}</span>
                    <Code text={notice.type} />
                    <span class="grow">
                      <Told
                        text={`${notice.run ?? notice.work} on ${delivery.channel}, ${delivery.attempts} tries. ${delivery.problem ?? ""}`}
                      />
                    </span>
                    <Moment at={delivery.dueAt ?? notice.at} />
                  </div>
                </li>
              ))}
            </ul>
            <Answers answers={answers} />
          </Panel>
        );
      }}
    </Shown>
  );
};

const Answers = ({ answers }: { readonly answers: Api["/api/notices"]["answers"] }): JSX.Element => (
  <>
    <h3 class="file-name">From blocked to answered</h3>
    {answers.length === 0 ? <Empty>Nothing that was blocked has waited for an approval yet.</Empty> : null}
    <ul class="rows">
      {answers.slice(0, 20).map(({ work, blockedAt, tookMs }) => (
        <li key={`${work}${blockedAt}`}>
          <a href={`/w/${encodeURIComponent(work)}`}>
            <span class="grow">
              <Told text={work} />
            </span>
            <span>{tookMs === undefined ? "not answered yet" : `answered after ${lasting(tookMs)}`}</span>
            <Moment at={blockedAt} />
          </a>
        </li>
      ))}
    </ul>
  </>
);
