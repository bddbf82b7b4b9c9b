import type { JSX } from "preact";
import { useState } from "preact/hooks";

import type { OutcomeSigning } from "../../../harness/objects/signing.ts";
import { isReadOnly } from "../ask.ts";
import type { Follow } from "../follow.ts";
import { live } from "../live.ts";
import { Command } from "../parts/copy.tsx";
import { Icon } from "../parts/icons.tsx";
import { Panel } from "../parts/panel.tsx";
import { SentenceField } from "../parts/sentence-field.tsx";
import { Shown } from "../parts/shown.tsx";
import { Code, Told } from "../parts/told.tsx";
import { useResource } from "../resource.ts";
import { addressOf } from "../run-addresses.ts";
import { Criteria } from "./criteria.tsx";
import { locksOn, ticksGiven, type Ticked } from "./locks.ts";
import { SignBox } from "./sign.tsx";
import { isTampered, type Standing } from "./standing.ts";
import type { Rehash } from "./sums.ts";
import { Tick } from "./tick.tsx";
import { ofRun } from "./while-open.ts";

/** Where the owner decides: what is proven, what is left to his eye, what was denied, the sentence, and the no. */
export const Awaiting = ({
  standing,
  rehash,
}: {
  readonly standing: Standing;
  readonly rehash: Rehash;
}): JSX.Element => {
  const { run } = standing;
  const signing = useResource<OutcomeSigning>(addressOf(run.run, "/signing"), untilDecided(run.run));
  return (
    <Panel title="Record the outcome" kind={isTampered(standing) ? "bad" : "act"}>
      {signing.kind === "problem" && isReadOnly(signing.problem) ? (
        <InTerminal standing={standing} />
      ) : (
        <Shown of={signing} what="what is to be signed" rows={8}>
          {(value) => <Deciding standing={standing} rehash={rehash} signing={value} />}
        </Shown>
      )}
    </Panel>
  );
};

/** What decides the run ends this box: asking then would only be refused. */
const untilDecided = (run: string): Follow => ({
  concerns: (event) => ofRun(run).concerns(event) && !["outcome.accepted", "outcome.rejected"].includes(event.type),
  moves: "at-once",
});

const Deciding = ({
  standing,
  rehash,
  signing,
}: {
  readonly standing: Standing;
  readonly rehash: Rehash;
  readonly signing: OutcomeSigning;
}): JSX.Element => {
  const [ticked, setTicked] = useState<Ticked>(new Map());
  const [typed, setTyped] = useState("");
  const [reason, setReason] = useState("");
  const tick = (id: string, note: string | undefined): void => {
    const next = new Map(ticked);
    if (note === undefined) next.delete(id);
    else next.set(id, note);
    setTicked(next);
  };
  const locks = [
    ...(isTampered(standing) && signing.evidence === "PASS" ? ["The evidence does not verify."] : []),
    ...locksOn({ signing, rehash, ticked, typed, liveness: live.value }),
  ];
  const isLost = isTampered(standing) || signing.locked.length > 0;
  const named = signing.ticks.filter(({ kind }) => kind !== "eye");
  return (
    <>
      <Criteria standing={standing}>
        {({ id }) =>
          signing.ticks
            .filter((one) => one.id === id)
            .map((one) => (
              <Tick key={id} tick={one} note={ticked.get(id)} onTick={(note) => tick(id, note)} words="I judged it" />
            ))
        }
      </Criteria>
      <div class="body decide">
        {named.length === 0 ? null : (
          <fieldset>
            <legend>Accepting names what was denied and found</legend>
            {named.map((one) => (
              <Tick
                key={one.id}
                tick={one}
                note={ticked.get(one.id)}
                onTick={(note) => tick(one.id, note)}
                words={one.label}
              />
            ))}
          </fieldset>
        )}
        {isLost ? null : (
          <SentenceField
            label="Acceptance sentence"
            sentence={signing.sentence}
            typed={typed}
            isDisabled={live.value !== "live"}
            entryIs="not-recorded"
            onTyped={setTyped}
          />
        )}
        <Locks locks={locks} />
        {isLost ? null : (
          <SignBox
            signing={signing}
            decision={{ outcome: "accepted", sentence: typed, ticks: ticksGiven(ticked) }}
            isLocked={locks.length > 0}
          />
        )}
      </div>
      <details class="body reject">
        <summary>
          <span class="bad text">Reject {signing.commit.slice(0, 7)}</span>
        </summary>
        <p class="hint">Rejecting records why. Rolling the commit back is the next act, and its own button.</p>
        <label class="field">
          Reason
          <textarea maxLength={1000} value={reason} onInput={({ currentTarget: { value } }) => setReason(value)} />
        </label>
        <SignBox
          signing={signing}
          decision={{ outcome: "rejected", reason: reason.trim() }}
          isLocked={reason.trim() === ""}
        />
      </details>
    </>
  );
};

const Locks = ({ locks }: { readonly locks: readonly string[] }): JSX.Element | null =>
  locks.length === 0 ? null : (
    <div class="locks">
      <p class="state warn">
        <Icon name="warn" />
        <span>Accept is locked</span>
      </p>
      <ul>
        {locks.map((lock) => (
          <li key={lock}>
            <Told text={lock} />
          </li>
        ))}
      </ul>
    </div>
  );

/** The same without a place to sign: the commands, and what they have to name. */
const InTerminal = ({ standing }: { readonly standing: Standing }): JSX.Element => {
  const { run } = standing;
  return (
    <>
      <Criteria standing={standing} />
      <div class="body">
        {(run.attempts ?? []).map(({ action, detail, events }, at) => (
          <p key={at} class="warn" data-event={events[0]}>
            attempted and denied: <Code text={action} /> <Told text={detail} />
          </p>
        ))}
        <Locks locks={isTampered(standing) ? ["The evidence does not verify."] : []} />
        <p class="hint">This server only reads. The owner decides in a terminal:</p>
        {commandsOf(run.next).map((line) => (
          <Command key={line} line={line} />
        ))}
      </div>
    </>
  );
};

/** "A, or --reject …" is one line of the server; both halves are commands. */
const commandsOf = (next: string): readonly string[] => {
  const [accept = "", reject] = next.split(", or ");
  const command = /^cto outcome \S+/.exec(accept)?.[0];
  if (command === undefined) return [];
  return reject === undefined ? [accept] : [accept, `${command} ${reject}`];
};
