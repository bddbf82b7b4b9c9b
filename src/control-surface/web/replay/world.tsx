import type { JSX } from "preact";

import type { Step } from "../../../harness/objects/step.ts";
import type { Api } from "../../api.ts";
import { NEVER } from "../follow.ts";
import { Panel } from "../parts/panel.tsx";
import { Empty, Shown } from "../parts/shown.tsx";
import { Code, Told } from "../parts/told.tsx";
import { useResource } from "../resource.ts";
import { labelOf, saidIn } from "../run/event-words.ts";
import { FileLines } from "../run/file-lines.tsx";
import { patchFilesOf } from "../run/patch.ts";
import { isClaim } from "../run/timeline-rows.ts";
import type { WorldAt } from "./world-at.ts";

const LINES_MAX = 60;

/** What was known by one fact, and nothing of what came after it. */
export const World = ({
  run,
  step,
  world,
}: {
  readonly run: string;
  readonly step: Step;
  readonly world: WorldAt;
}): JSX.Element => (
  <div class="stack">
    <Panel title={`Event ${step.seq}: ${labelOf(step)}`} aside={`${step.stage} · ${step.startedAt}`}>
      <div class="body">
        <div class={isClaim(step) ? "claimed" : ""}>
          <p class="said-by">{isClaim(step) ? "said by the agent" : "seen by the Harness"}</p>
          <p>
            <Told text={saidIn(step) || step.subject} />
          </p>
        </div>
        <details>
          <summary>The whole fact</summary>
          <pre class="record-text">
            {Object.entries(step.detail).map(([name, value]) => (
              <div key={name}>
                <Told text={`${name}: ${JSON.stringify(value)}`} />
              </div>
            ))}
          </pre>
        </details>
      </div>
    </Panel>
    <Panel title="Files so far" aside={`${world.paths.length}`}>
      {world.paths.length === 0 ? <Empty>No file was touched yet.</Empty> : null}
      <ul class="rows">
        {world.paths.map(({ path, written, read, denied, seq }) => (
          <li key={path}>
            <div class="row" data-event={seq}>
              <span class="grow">
                <Code text={path} />
              </span>
              <span class={denied > 0 ? "bad text" : "soft"}>
                {[
                  written === 0 ? "" : `written ${written} times`,
                  read === 0 ? "" : `read ${read} times`,
                  denied === 0 ? "" : `denied ${denied} times`,
                ]
                  .filter(Boolean)
                  .join(", ")
                  .replaceAll("1 times", "once")}
              </span>
              <span class="seq">#{seq}</span>
            </div>
          </li>
        ))}
      </ul>
    </Panel>
    <Panel title="Diff so far">
      {world.captured === undefined ? (
        <Empty>
          The change was not captured yet: what is in the files is known from the event "Change captured" on.
        </Empty>
      ) : (
        <Patch run={run} seq={world.captured} />
      )}
    </Panel>
    <Facts title="Log so far" steps={world.log} empty="No command ran yet." />
    <Facts title="Verdicts so far" steps={world.verdicts} empty="Nothing was judged yet." />
  </div>
);

const Patch = ({ run, seq }: { readonly run: string; readonly seq: number }): JSX.Element => {
  const diff = useResource<Api["/api/r/:name/diff"]>(`/api/r/${encodeURIComponent(run)}/diff`, NEVER);
  return (
    <Shown of={diff} what="the change">
      {({ patch, files }) =>
        patch === null ? (
          <>
            <Empty>No patch was kept: the changes were thrown away. The paths that were captured:</Empty>
            <ul class="rows">
              {files.map(({ path, change, verdict }) => (
                <li key={path}>
                  <div class="row" data-event={seq}>
                    <span class="grow">
                      <Code text={path} />
                    </span>
                    <Told text={`${change}, ${verdict}`} />
                  </div>
                </li>
              ))}
            </ul>
          </>
        ) : (
          patchFilesOf(patch).files.map((part) => (
            <div key={part.path} data-event={seq}>
              <h3 class="file-name">
                <Code text={part.path} />
              </h3>
              <FileLines part={part} isBinary={files.find(({ path }) => path === part.path)?.binary === true} />
            </div>
          ))
        )
      }
    </Shown>
  );
};

const Facts = ({
  title,
  steps,
  empty,
}: {
  readonly title: string;
  readonly steps: readonly Step[];
  readonly empty: string;
}): JSX.Element => (
  <Panel title={title} aside={`${steps.length}`}>
    {steps.length === 0 ? <Empty>{empty}</Empty> : null}
    {steps.length > LINES_MAX ? <Empty>The newest {LINES_MAX} of them:</Empty> : null}
    <ul class="rows">
      {steps.slice(-LINES_MAX).map((step) => (
        <li key={step.seq}>
          <div class="row" data-event={step.seq}>
            <span>{labelOf(step)}</span>
            <span class="grow">
              <Told text={saidIn(step)} />
            </span>
            <span class="seq">#{step.seq}</span>
          </div>
        </li>
      ))}
    </ul>
  </Panel>
);
