import type { JSX } from "preact";

import type { DiffObject } from "../../../harness/objects/diff.ts";
import type { RunObject } from "../../../harness/objects/run.ts";
import type { Api } from "../../api.ts";
import { lasting } from "../parts/moment.tsx";
import { Panel } from "../parts/panel.tsx";
import { Shown } from "../parts/shown.tsx";
import { useResource, type Resource } from "../resource.ts";
import { addressOf } from "../run-addresses.ts";
import { exitIn, wordIn } from "../run/event-words.ts";
import { ofRun } from "../run/while-open.ts";
import { CompareTable } from "./compare-table.tsx";
import { sideBySide, type Facts } from "./compared.ts";
import { criteriaOf } from "./criteria-of.ts";

/** Two runs: states, criteria, changed files, validation, timings, backends. */
export const CompareRuns = ({ a, b }: { readonly a: string; readonly b: string }): JSX.Element => {
  const names = [a, b] as const;
  const runs = [useRun(a), useRun(b)] as const;
  const diffs = [useDiff(a), useDiff(b)] as const;
  const validations = [useValidations(a), useValidations(b)] as const;
  const [runA, runB] = runs;
  return (
    <Shown of={runA} what={a} near={(name) => `/compare?a=${encodeURIComponent(name)}&b=${encodeURIComponent(b)}`}>
      {() => (
        <Shown of={runB} what={b} near={(name) => `/compare?a=${encodeURIComponent(a)}&b=${encodeURIComponent(name)}`}>
          {() => (
            <div class="stack">
              <SideBySide title="The runs" names={names} of={runs} facts={headOf} />
              <SideBySide title="Criteria" names={names} of={runs} facts={criteriaOf} />
              <SideBySide title="Changed files" names={names} of={diffs} facts={filesOf} />
              <SideBySide title="Validation" names={names} of={validations} facts={validationsOf} />
              <SideBySide title="Time by stage" names={names} of={runs} facts={stagesOf} />
            </div>
          )}
        </Shown>
      )}
    </Shown>
  );
};

/** One kind of fact of both runs; nothing is compared before both sides have answered. */
const SideBySide = <T,>({
  title,
  names,
  of: [a, b],
  facts,
}: {
  readonly title: string;
  readonly names: readonly [string, string];
  readonly of: readonly [Resource<T>, Resource<T>];
  readonly facts: (value: T) => Facts;
}): JSX.Element => (
  <Panel title={title}>
    <Shown of={a} what={`what is to be compared of ${names[0]}`}>
      {(one) => (
        <Shown of={b} what={`what is to be compared of ${names[1]}`}>
          {(other) => (
            <CompareTable names={names} label={`${title} side by side`} rows={sideBySide(facts(one), facts(other))} />
          )}
        </Shown>
      )}
    </Shown>
  </Panel>
);

type Events = Api["/api/r/:name/events"];

const useRun = (run: string): Resource<RunObject> => useResource<RunObject>(addressOf(run), ofRun(run));
const useDiff = (run: string): Resource<DiffObject> => useResource<DiffObject>(addressOf(run, "/diff"), ofRun(run));
const useValidations = (run: string): Resource<Events> =>
  useResource<Events>(addressOf(run, "/events?limit=1000&types=validation.finished"), ofRun(run));

const headOf = ({ word, work, backend, base, commit, tookMs, state, attempts, verify, outcome }: RunObject): Facts => {
  const told = (value: string | undefined): readonly string[] | "unknown" =>
    value === undefined ? "unknown" : [value];
  return new Map<string, readonly string[] | "unknown">([
    ["State", [word]],
    ["Work item", [work]],
    [
      "Backend",
      backend === null ? ["none"] : told(backend === undefined ? undefined : `${backend.name} ${backend.version}`),
    ],
    ["Base", told(base)],
    ...(commit === undefined ? [] : [["Commit", [commit]] as const]),
    ...(state === "blocked" ? [] : [["Took", told(tookMs === undefined ? undefined : lasting(tookMs))] as const]),
    ["Denied attempts", told(attempts === undefined ? undefined : String(attempts.length))],
    ...(verify === undefined ? [] : [["Evidence", [verify.verdict]] as const]),
    ...(outcome === undefined ? [] : [["Outcome", [outcome.outcome]] as const]),
  ]);
};

const stagesOf = ({ stages }: RunObject): Facts => new Map(stages.map(({ name, ms }) => [name, [lasting(ms)]]));

const filesOf = ({ files }: DiffObject): Facts =>
  new Map(
    files.map(({ path, change, verdict, added, removed }) => [
      path,
      [`${change}, ${verdict}${added === null || removed === null ? "" : `, +${added} -${removed}`}`],
    ]),
  );

const validationsOf = ({ steps }: Events): Facts => {
  const found = new Map<string, string[]>();
  for (const step of steps) {
    const on = wordIn(step, "on") ?? "unknown";
    found.set(on, [...(found.get(on) ?? []), exitIn(step)]);
  }
  return found;
};
