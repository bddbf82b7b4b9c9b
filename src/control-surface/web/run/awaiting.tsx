import type { JSX } from "preact";

import { Command } from "../parts/copy.tsx";
import { Panel } from "../parts/panel.tsx";
import { Code, Told } from "../parts/told.tsx";
import { Criteria } from "./criteria.tsx";
import { isTampered, type Standing } from "./standing.ts";

/** What the owner decides on, and the commands by which he does; the page waits for his record. */
export const Awaiting = ({ standing }: { readonly standing: Standing }): JSX.Element => {
  const { run } = standing;
  const [accept, reject] = commandsOf(run.next);
  return (
    <Panel title="Record the outcome" kind={isTampered(standing) ? "bad" : "act"}>
      <Criteria standing={standing} />
      <div class="body">
        <Denied standing={standing} />
        {isTampered(standing) ? (
          <p class="bad text">Accept is locked: the evidence does not verify.</p>
        ) : accept === undefined ? null : (
          <>
            <p class="hint">To accept, in a terminal:</p>
            <Command line={accept} />
          </>
        )}
        {reject === undefined ? null : (
          <>
            <p class="hint">To reject:</p>
            <Command line={reject} />
          </>
        )}
        <p class="hint" role="status">
          This page waits for the owner's signed record.
        </p>
      </div>
    </Panel>
  );
};

const Denied = ({ standing: { run } }: { readonly standing: Standing }): JSX.Element | null =>
  (run.attempts ?? []).length + (run.findings ?? []).length === 0 ? null : (
    <ul class="reasons">
      {(run.attempts ?? []).map(({ action, detail, events }, at) => (
        <li key={at} data-event={events[0]}>
          <p class="state warn">attempted and denied</p>
          <p>
            <Code text={action} /> <Told text={detail} />
          </p>
        </li>
      ))}
      {(run.findings ?? []).map(({ code, says }) => (
        <li key={code}>
          <p>
            <code>{code}</code> <Told text={says} />
          </p>
        </li>
      ))}
    </ul>
  );

/** "A, or --reject …" is one line of the server; both halves are commands. */
const commandsOf = (next: string): readonly [string | undefined, string | undefined] => {
  const [accept, reject] = next.split(", or ");
  const command = /^cto outcome \S+/.exec(accept ?? "")?.[0];
  return command === undefined
    ? [undefined, undefined]
    : [accept, reject === undefined ? undefined : `${command} ${reject}`];
};
