import type { JSX } from "preact";

import type { HostileObject } from "../../../harness/objects/hostile.ts";
import type { Api } from "../../api.ts";
import { NEVER } from "../follow.ts";
import { Command } from "../parts/copy.tsx";
import { Icon, type IconName } from "../parts/icons.tsx";
import { Moment } from "../parts/moment.tsx";
import { Panel } from "../parts/panel.tsx";
import { Shown } from "../parts/shown.tsx";
import { Told } from "../parts/told.tsx";
import { useResource } from "../resource.ts";

/** What the attacks of `cto doctor --hostile` came to the last time, and of which build and machine that speaks. */
export const Hostile = (): JSX.Element => {
  const result = useResource<Api["/api/hostile"]>("/api/hostile", NEVER);
  return (
    <Panel title="Hostile suite" kind={result.kind === "ready" && isBad(result.value) ? "bad" : "plain"}>
      <Shown of={result} what="the last result" rows={3}>
        {(value) => (
          <div class="body">
            {value.kind === "kept" ? <Kept kept={value} /> : <p class="state neutral">{NONE[value.kind]}</p>}
            <p class="soft">
              Attacks on sandbox, gate and evidence, tried on this machine. The result is a plain file of the home,
              signed by nobody.
            </p>
            <Command line="cto doctor --hostile" />
          </div>
        )}
      </Shown>
    </Panel>
  );
};

type Result = Extract<HostileObject, { readonly kind: "kept" }>;

const isBad = (value: HostileObject): boolean => value.kind === "kept" && value.status === "fail";

const NONE = {
  never: "Never run in this home: nothing is known.",
  unreadable: "What is kept in .cto/hostile.json is no result: nothing is known.",
} as const;

const LOOKS: Readonly<Record<Result["status"], readonly [tone: string, icon: IconName, word: string]>> = {
  ok: ["ok", "check", "All held"],
  warn: ["warn", "warn", "Says little of now"],
  fail: ["bad", "cross", "Attacks escaped"],
};

const Kept = ({ kept }: { readonly kept: Result }): JSX.Element => {
  const [tone, icon, word] = LOOKS[kept.status];
  return (
    <>
      <p class={`state ${tone}`} data-seen={kept.at}>
        <Icon name={icon} />
        <span>{word}</span>
      </p>
      {kept.but.length === 0 ? null : (
        <ul class="but">
          {kept.but.map((one) => (
            <li key={one}>
              <Told text={one} />
            </li>
          ))}
        </ul>
      )}
      <dl class="facts-of">
        <dt>Came to</dt>
        <dd>
          {kept.held} held, {kept.escaped} escaped, {kept.notRun} not run
          {kept.of === null ? "" : `, of ${kept.of} cases`}
        </dd>
        <dt>Run</dt>
        <dd>
          <Moment at={kept.at} />
        </dd>
        <dt>Build</dt>
        <dd>
          cto <Told text={kept.version} />,{" "}
          {kept.isThisBuild ? "the one that serves this page" : "another one than this"}
        </dd>
        <dt>Machine</dt>
        <dd>
          {kept.isThisMachine ? "this one" : "another one, or another kernel"}: <Told text={kept.kernel} />, confinement{" "}
          <Told text={kept.confinement} />
        </dd>
      </dl>
      {kept.fell.length === 0 ? null : (
        <details>
          <summary>{kept.fell.length} that did not hold</summary>
          <ul class="rows">
            {kept.fell.map(({ id, attack, verdict, says }) => (
              <li key={id}>
                <div class="row check-row">
                  <span class={verdict === "ESCAPED" ? "bad text" : "warn"}>{verdict}</span>
                  <code class="check-id">
                    <Told text={id} />
                  </code>
                  <span class="grow">
                    <Told text={[attack, ...says].join(": ")} />
                  </span>
                </div>
              </li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
};
