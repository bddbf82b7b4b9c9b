import type { JSX } from "preact";

import type { ReplayLevelObject } from "../../../harness/objects/replay.ts";
import { visible } from "../../../workflow/visible-text.ts";
import { Command, Digest } from "../parts/copy.tsx";
import { Panel } from "../parts/panel.tsx";
import { Trouble } from "../parts/shown.tsx";
import { Code, Told } from "../parts/told.tsx";
import { fileAddress } from "../run/while-open.ts";
import { textOf } from "../text-of.ts";
import { Again } from "./again.tsx";
import { useReplays, type Replays } from "./use-replays.ts";

const MEANS: ReadonlyMap<string, string> = new Map([
  ["patch", "Base and patch make the same tree and commit."],
  ["validation", "The validation command ends as it did, in a fresh sandbox."],
  ["render", "The reports are drawn from the events again, byte for byte."],
  ["normalize", "The agent's raw frames give the same events."],
  ["session", "The recorded session gives the same decisions and files."],
  ["cassette", "The agent, its model played from the recording, does the same."],
]);

/** The ways in which the run can be done again: by the server in scratch, or by the same command in a terminal. */
export const Levels = ({
  run,
  paths,
}: {
  readonly run: string;
  readonly paths: readonly ReplayLevelObject[];
}): JSX.Element => {
  const replays = useReplays(run);
  return (
    <Panel title="Do it again" aside={`${paths.length} levels`}>
      {replays.trouble === undefined ? null : (
        <div class="body">
          <Trouble problem={replays.trouble.problem} again={replays.trouble.again} />
        </div>
      )}
      {paths.map((path) => (
        <Level key={path.level} run={run} path={path} replays={replays} />
      ))}
    </Panel>
  );
};

const Level = ({
  run,
  path: { level, argv, inputs, expected },
  replays,
}: {
  readonly run: string;
  readonly path: ReplayLevelObject;
  readonly replays: Replays;
}): JSX.Element => (
  <section class="body level" aria-label={`Replay level ${visible(level)}`}>
    <h3>
      <Told text={level} />
    </h3>
    <p class="soft">{MEANS.get(level) ?? "As the report says."}</p>
    {MEANS.has(level) ? <Again level={level} replays={replays} /> : null}
    <HowTo run={run} level={level} argv={argv} />
    <details>
      <summary>{inputs.length === 1 ? "1 input" : `${inputs.length} inputs`}, and what is expected</summary>
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
