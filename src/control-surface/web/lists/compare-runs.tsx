import type { JSX } from "preact";

import type { DiffObject } from "../../../harness/objects/diff.ts";
import type { RunObject } from "../../../harness/objects/run.ts";
import type { Step } from "../../../harness/objects/step.ts";
import type { Api } from "../../api.ts";
import { lasting } from "../parts/moment.tsx";
import { Panel } from "../parts/panel.tsx";
import { Shown } from "../parts/shown.tsx";
import { useResource, type Resource } from "../resource.ts";
import { exitIn, wordIn } from "../run/event-words.ts";
import { addressOf, ofRun } from "../run/while-open.ts";
import { CompareTable } from "./compare-table.tsx";
import type { Compared } from "./compared.ts";

/** Two runs: states, criteria, changed files, validation, timings, backends. */
export const CompareRuns = ({ a, b }: { readonly a: string; readonly b: string }): JSX.Element => {
  const [runA, runB] = [useRun(a), useRun(b)];
  const [diffA, diffB] = [useDiff(a), useDiff(b)];
  const [factsA, factsB] = [useValidations(a), useValidations(b)];
  return (
    <Shown of={runA} what={a} near={(name) => `/compare?a=${encodeURIComponent(name)}&b=${encodeURIComponent(b)}`}>
      {(one) => (
        <Shown of={runB} what={b} near={(name) => `/compare?a=${encodeURIComponent(a)}&b=${encodeURIComponent(name)}`}>
          {(other) => (
            <div class="stack">
              <Panel title="The runs">
                <CompareTable names={[a, b]} label="The runs side by side" rows={both(headOf(one), headOf(other))} />
              </Panel>
              <Panel title="Criteria">
                <CompareTable
                  names={[a, b]}
                  label="Criteria side by side"
                  rows={both(criteriaOf(one), criteriaOf(other))}
                />
              </Panel>
              <Panel title="Changed files">
                <CompareTable
                  names={[a, b]}
                  label="Changed files side by side"
                  rows={both(filesOf(diffA), filesOf(diffB))}
                />
              </Panel>
              <Panel title="Validation">
                <CompareTable
                  names={[a, b]}
                  label="Validation side by side"
                  rows={both(validationsOf(factsA), validationsOf(factsB))}
                />
              </Panel>
              <Panel title="Time by stage">
                <CompareTable names={[a, b]} label="Timings side by side" rows={both(stagesOf(one), stagesOf(other))} />
              </Panel>
            </div>
          )}
        </Shown>
      )}
    </Shown>
  );
};

const useRun = (run: string): Resource<RunObject> => useResource<RunObject>(addressOf(run), ofRun(run));
const useDiff = (run: string): Resource<DiffObject> => useResource<DiffObject>(addressOf(run, "/diff"), ofRun(run));
const useValidations = (run: string): Resource<Api["/api/r/:name/events"]> =>
  useResource<Api["/api/r/:name/events"]>(addressOf(run, "/events?limit=1000&types=validation.finished"), ofRun(run));

type Facts = ReadonlyMap<string, readonly string[]>;

const both = (a: Facts, b: Facts): readonly Compared[] =>
  [...new Set([...a.keys(), ...b.keys()])].map((name) => ({ name, a: a.get(name), b: b.get(name) }));

const headOf = (run: RunObject): Facts =>
  new Map(
    Object.entries({
      State: run.word,
      "Work item": run.work,
      Backend:
        run.backend === undefined || run.backend === null ? undefined : `${run.backend.name} ${run.backend.version}`,
      Base: run.base,
      Commit: run.commit,
      Took: run.tookMs === undefined || run.state === "blocked" ? undefined : lasting(run.tookMs),
      "Denied attempts": run.attempts === undefined ? undefined : String(run.attempts.length),
      Evidence: run.verify?.verdict,
      Outcome: run.outcome?.outcome,
    }).flatMap(([name, value]) => (value === undefined ? [] : [[name, [value]] as const])),
  );

const criteriaOf = ({ criteria }: RunObject): Facts =>
  new Map((criteria ?? []).map(({ id, text, status }) => [`${id} ${text}`, [status]]));

const stagesOf = ({ stages }: RunObject): Facts => new Map(stages.map(({ name, ms }) => [name, [lasting(ms)]]));

const filesOf = (diff: Resource<DiffObject>): Facts =>
  diff.kind === "ready"
    ? new Map(
        diff.value.files.map(({ path, change, verdict, added, removed }) => [
          path,
          [`${change}, ${verdict}${added === null || removed === null ? "" : `, +${added} -${removed}`}`],
        ]),
      )
    : new Map();

const validationsOf = (facts: Resource<{ readonly steps: readonly Step[] }>): Facts => {
  const found = new Map<string, string[]>();
  for (const step of facts.kind === "ready" ? facts.value.steps : []) {
    const on = wordIn(step, "on") ?? "unknown";
    found.set(on, [...(found.get(on) ?? []), exitIn(step)]);
  }
  return found;
};
