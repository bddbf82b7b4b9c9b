import type { JSX } from "preact";

import type { ReplayResultObject } from "../../../harness/objects/replay.ts";
import { Elapsed } from "../parts/elapsed.tsx";
import { Icon, type IconName } from "../parts/icons.tsx";
import { lasting, Moment } from "../parts/moment.tsx";
import { Code, Told } from "../parts/told.tsx";
import type { Replays } from "./use-replays.ts";

/** One level done again by the server: asked for, going on, and what came of it the last time. */
export const Again = ({ level, replays }: { readonly level: string; readonly replays: Replays }): JSX.Element => {
  const { now, begin, isReadOnly } = replays;
  const last = replays.lastOf(level);
  return (
    <>
      <div class="acts">
        <button type="button" disabled={begin === undefined || isReadOnly} onClick={() => begin?.(level)}>
          {level === "validation" ? "Run validation again" : `Replay ${level} here`}
        </button>
        {now?.level === level ? <Now now={now} /> : null}
      </div>
      {isReadOnly ? <p class="hint">This server only reads. The command does the same.</p> : null}
      {last === undefined ? null : <Came last={last} />}
    </>
  );
};

const Now = ({ now }: { readonly now: NonNullable<Replays["now"]> }): JSX.Element =>
  now.state === "running" ? (
    <p class="state info" role="status">
      <Icon name="running" />
      <span>
        Being replayed in scratch, <Elapsed since={now.startedAt} />
      </span>
    </p>
  ) : (
    <p class="state warn">
      <Icon name="warn" />
      <span>
        Begun <Moment at={now.startedAt} />, broken off: the process that did it is gone
      </span>
    </p>
  );

const LOOKS: Readonly<Record<ReplayResultObject["came"], readonly [tone: string, icon: IconName, word: string]>> = {
  same: ["ok", "check", "Same"],
  differs: ["bad", "cross", "Differs"],
  refused: ["warn", "warn", "Refused, nothing was compared"],
  failed: ["bad", "cross", "Failed, nothing was compared"],
  ended: ["warn", "warn", "Ended, nothing was compared"],
};

const Came = ({ last }: { readonly last: ReplayResultObject }): JSX.Element => {
  const [tone, icon, word] = LOOKS[last.came];
  const tookMs = Date.parse(last.endedAt) - Date.parse(last.startedAt);
  return (
    <div class="came" data-seen={last.endedAt}>
      <p>
        <span class={`state ${tone}`}>
          <Icon name={icon} />
          <span>{word}</span>
        </span>{" "}
        <span class="soft">
          <Moment at={last.endedAt} /> in {lasting(tookMs)}, by <Told text={last.by} /> with cto{" "}
          <Told text={last.version} />
        </span>
      </p>
      {last.says === "" ? null : (
        <p>
          <Told text={last.says} /> {last.code === "" ? null : <code>{last.code}</code>}
        </p>
      )}
      {last.differences.length === 0 ? null : (
        <dl class="pairs narrow">
          {last.differences.map(({ where, expected, got }) => (
            <>
              <dt>
                <Told text={where} />
              </dt>
              <dd>
                <div>
                  expected <Code text={expected} />
                </div>
                <div>
                  got <Code text={got} />
                </div>
              </dd>
            </>
          ))}
        </dl>
      )}
      {last.notes.map((note) => (
        <p key={note} class="soft">
          <Told text={note} />
        </p>
      ))}
      {last.notComparable.length === 0 ? null : (
        <p class="soft">
          Not compared: <Told text={last.notComparable.join(", ")} />
        </p>
      )}
    </div>
  );
};
