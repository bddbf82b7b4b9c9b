import type { JSX } from "preact";

import type { WorkerObject } from "../../../harness/objects/worker.ts";
import type { Api } from "../../api.ts";
import { Moment } from "../parts/moment.tsx";
import { Panel } from "../parts/panel.tsx";
import { Empty, Shown } from "../parts/shown.tsx";
import { Code, Told } from "../parts/told.tsx";
import { useResource } from "../resource.ts";
import { useEvery } from "../use-every.ts";

// A worker is heard every five seconds, and no record tells of it.
const LOOKS_EVERY_MS = 5_000;

/** Who performs what is ordered: what each offers by its own word, what it performs, and when it was heard. */
export const Workers = (): JSX.Element => {
  const workers = useResource<Api["/api/workers"]>("/api/workers");
  useEvery(LOOKS_EVERY_MS, workers.refresh);
  return (
    <Shown of={workers} what="the workers">
      {({ workers: seen, running, waiting }) => (
        <Panel
          title="Workers"
          kind={seen.some(({ state, runs }) => runs.length > 0 && STOPPED.has(state)) ? "bad" : "plain"}
          aside={`${seen.length}; ${running} ${running === 1 ? "run" : "runs"} performed, ${waiting} waiting`}
        >
          {seen.length === 0 ? (
            <Empty>No worker serves this home. cto worker starts one; cto run performs its own run.</Empty>
          ) : null}
          <ul class="rows">
            {seen.map((worker) => (
              <li key={worker.id}>
                <Row worker={worker} />
              </li>
            ))}
          </ul>
        </Panel>
      )}
    </Shown>
  );
};

const STOPPED: ReadonlySet<string> = new Set(["silent", "gone"] satisfies WorkerObject["state"][]);

const Row = ({ worker }: { readonly worker: WorkerObject }): JSX.Element => (
  <div class="row">
    <span class={STOPPED.has(worker.state) ? "warn" : "soft"}>{worker.state}</span>
    <Code text={worker.id} />
    <span class="grow">
      <Told text={offersOf(worker)} />
      {worker.runs.map((run) => (
        <>
          {" "}
          <a href={`/r/${encodeURIComponent(run)}`}>{run}</a>
        </>
      ))}
    </span>
    <span class="hint">
      heard <Moment at={worker.heardAt} />
    </span>
  </div>
);

const offersOf = ({ host, concurrency, only, confinement, backends, targets }: WorkerObject): string =>
  only === undefined
    ? `on ${host}, ${concurrency} at a time, confinement ${confinement ?? "unknown"}; backends ${named(backends)}; targets ${named(targets)}`
    : `on ${host}, for ${only} alone`;

const named = (names: readonly string[]): string => names.join(", ") || "none";
