import type { JSX } from "preact";
import { useState } from "preact/hooks";

import type { ReplayLevelObject } from "../../../harness/objects/replay.ts";
import type { Api } from "../../api.ts";
import { NEVER } from "../follow.ts";
import { Command, Digest } from "../parts/copy.tsx";
import { clockTime } from "../parts/moment.tsx";
import { Panel } from "../parts/panel.tsx";
import { Empty, Shown } from "../parts/shown.tsx";
import { Code, Told } from "../parts/told.tsx";
import { useResource } from "../resource.ts";
import { fileAddress } from "../run/while-open.ts";
import { textOf } from "../text-of.ts";

const MEANS: ReadonlyMap<string, string> = new Map([
  ["patch", "Base and patch make the same tree and commit."],
  ["validation", "The validation command ends as it did, in a fresh sandbox."],
  ["render", "The reports are drawn from the events again, byte for byte."],
  ["normalize", "The agent's raw frames give the same events."],
  ["session", "The recorded session gives the same decisions and files."],
]);

/** The ways in which the run can be done again. A page starts none of them: they execute, so they are commands. */
export const Levels = ({
  run,
  paths,
}: {
  readonly run: string;
  readonly paths: readonly ReplayLevelObject[];
}): JSX.Element => (
  <Panel title="Do it again" aside={`${paths.length} levels`}>
    {paths.map(({ level, argv, inputs, expected }) => (
      <section key={level} class="body level">
        <h3>{level}</h3>
        <p class="soft">{MEANS.get(level) ?? "As the report says."}</p>
        <HowTo run={run} level={level} argv={argv} />
        <details>
          <summary>{inputs.length} inputs, and what is expected</summary>
          <dl class="pairs">
            {inputs.map(({ file, sha256 }) => (
              <>
                <dt>
                  <a href={fileAddress(run, file)}>
                    <Code text={file} />
                  </a>
                </dt>
                <dd>
                  <Digest sha256={sha256} />
                </dd>
              </>
            ))}
            {Object.entries(expected).map(([name, value]) => (
              <>
                <dt>
                  expected <Told text={name} />
                </dt>
                <dd>
                  <Code text={textOf(value)} />
                </dd>
              </>
            ))}
          </dl>
        </details>
      </section>
    ))}
  </Panel>
);

/** A command is offered for copying only where it is ours word for word: a bundle can name any other. */
const HowTo = ({
  run,
  level,
  argv,
}: {
  readonly run: string;
  readonly level: string;
  readonly argv: readonly string[];
}): JSX.Element => {
  const ours = ["cto", "replay", run, "--level", level];
  const isOurs = MEANS.has(level) && argv.length === ours.length && argv.every((word, at) => word === ours[at]);
  if (isOurs) return <Command line={ours.join(" ")} />;
  return (
    <p class="warn">
      The bundle names another command, which is not for copying: <Code text={JSON.stringify(argv)} />
    </p>
  );
};

/** The bundle verified anew by the server, check by check. */
export const Reverify = ({ run }: { readonly run: string }): JSX.Element => {
  const [round, setRound] = useState(0);
  return (
    <Panel
      title="Verify again"
      aside={
        <button type="button" onClick={() => setRound((now) => now + 1)}>
          Verify now
        </button>
      }
    >
      {round === 0 ? (
        <div class="body">
          <p class="soft">
            The server reads the bundle and recomputes it. The same from elsewhere, with a trust file of your own:
          </p>
          <Command line={`cto verify ${run} --trust FILE`} />
        </div>
      ) : (
        <Checks key={round} run={run} />
      )}
    </Panel>
  );
};

const Checks = ({ run }: { readonly run: string }): JSX.Element => {
  const verdict = useResource<Api["/api/r/:name/verify"]>(`/api/r/${encodeURIComponent(run)}/verify`, NEVER);
  return (
    <Shown of={verdict} what="the bundle to be verified" rows={8}>
      {({ verdict: word, checks, notClaimed }) => (
        <>
          <p class="empty" role="status" data-seen={verdict.kind === "ready" ? verdict.at.toISOString() : undefined}>
            <strong class={word === "PASS" ? "ok" : "bad text"}>{word}</strong>,{" "}
            {checks.filter((check) => check.verdict === "PASS").length} of {checks.length} checks pass
            {verdict.kind === "ready" ? `, at ${clockTime(verdict.at)} UTC` : ""}.
          </p>
          <ul class="rows">
            {checks.map((check) => (
              <li key={`${check.id}${check.says}`}>
                <div class="row">
                  <span class={check.verdict === "PASS" ? "soft" : check.verdict === "FAIL" ? "bad text" : "warn"}>
                    {check.verdict}
                  </span>
                  <code class="check-id">{check.id}</code>
                  <span class="grow">
                    <Told text={check.says} />
                  </span>
                </div>
              </li>
            ))}
          </ul>
          {notClaimed.length === 0 ? null : (
            <Empty>
              Not claimed: <Told text={notClaimed.join(" · ")} />
            </Empty>
          )}
        </>
      )}
    </Shown>
  );
};
