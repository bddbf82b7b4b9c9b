import type { JSX } from "preact";

import type { GateCheckObject, GateObject } from "../../../harness/objects/gate.ts";
import { Icon, type IconName } from "../parts/icons.tsx";
import { clockTime } from "../parts/moment.tsx";
import { Panel } from "../parts/panel.tsx";
import { Empty } from "../parts/shown.tsx";
import { Code, Told } from "../parts/told.tsx";

/** What `cto gate` says of this moment; nothing is started by asking. */
export const Preflight = ({
  gate,
  at,
  again,
}: {
  readonly gate: GateObject | null;
  readonly at: Date;
  readonly again: () => void;
}): JSX.Element => {
  const checks = gate?.checks ?? [];
  const blocking = checks.filter(({ status }) => status === "block").length;
  return (
    <Panel
      title="Preflight"
      id="preflight"
      aside={
        <>
          seen at {clockTime(at)} UTC, nothing was started{" "}
          <button type="button" class="quiet" onClick={again}>
            Ask again
          </button>
        </>
      }
    >
      {checks.length === 0 ? <Empty>The gate has nothing to ask about yet.</Empty> : null}
      <ul class="checks" data-seen={at.toISOString()}>
        {checks.map((check) => (
          <CheckRow key={`${check.stage}/${check.name}`} check={check} />
        ))}
      </ul>
      {gate === null ? null : (
        <p class="empty">
          {blocking === 0 ? "Open: nothing blocks a run." : `Blocked by ${blocking} of ${checks.length}.`} A run is
          started in the terminal alone, and there the gate variables are asked for again.
        </p>
      )}
    </Panel>
  );
};

const ICONS: Readonly<Record<GateCheckObject["status"], IconName>> = {
  pass: "check",
  block: "cross",
  "not-evaluated": "dash",
};
const SAID: Readonly<Record<GateCheckObject["status"], string>> = {
  pass: "pass",
  block: "block",
  "not-evaluated": "not asked",
};

const CheckRow = ({
  check: { stage, name, status, message, code, next, reasons = [] },
}: {
  readonly check: GateCheckObject;
}): JSX.Element => (
  <li class={`check ${status}`}>
    <Icon name={ICONS[status]} />
    <div>
      <p class="check-name">
        {name === stage ? name : `${stage}: ${name}`} <span class="unseen">{SAID[status]}</span>
      </p>
      {message === "" ? null : (
        <p class="hint">
          <Told text={message} />
        </p>
      )}
      {reasons.slice(1).map((reason, place) => (
        <p key={place} class="hint">
          <Told text={reason.says} />
        </p>
      ))}
      {next === undefined ? null : (
        <p class="hint">
          <Code text={code ?? ""} /> next: <Told text={next} />
        </p>
      )}
    </div>
  </li>
);
