import type { JSX } from "preact";

import { visible } from "../../../workflow/visible-text.ts";
import { Icon, type IconName } from "./icons.tsx";
import { Moment } from "./moment.tsx";
import { shortWord } from "./short-word.ts";

/** One stop of the line: what stands there, who brought it there, when, and the number of the record that says so. */
export interface GateCell {
  readonly name: "Packet" | "Admission" | "Approval" | "Execution" | "Evidence" | "Outcome";
  /** `open`: nothing recorded yet. `seen`: so it stands now, and no record says it. `now`: somebody is to act. Only `done` has a tick, and it needs a record. */
  readonly kind: "done" | "seen" | "now" | "open" | "bad" | "running" | "settled";
  readonly word: string;
  readonly by?: string | undefined;
  readonly at?: string | undefined;
  readonly seq?: number | undefined;
  /** Whose number that is: a record of the ledger, or an event of the run. */
  readonly log?: "ledger" | "run" | undefined;
}

const ICONS: Readonly<Record<GateCell["kind"], IconName>> = {
  done: "check",
  seen: "eye",
  now: "clock",
  open: "dash",
  bad: "cross",
  running: "running",
  settled: "back",
};

/** The six stops of the line, on every page of a work item and of a run (surface.md 4.2). */
export const GateStrip = ({ cells }: { readonly cells: readonly GateCell[] }): JSX.Element => (
  <ol class="gates" aria-label="The line">
    {cells.map(({ name, kind, word, by, at, seq, log = "ledger" }) => (
      <li
        key={name}
        class={`gate ${kind}`}
        data-event={seq}
        data-log={seq === undefined ? undefined : log}
        aria-current={kind === "now" ? "step" : undefined}
      >
        <span class="gate-name">
          <Icon name={ICONS[kind]} />
          {name}
        </span>
        <span class="gate-word" title={shortWord(word) === word ? undefined : visible(word)}>
          {visible(shortWord(word))}
        </span>
        <span class="gate-by">
          {by === undefined ? "" : visible(by)}
          {by !== undefined && at !== undefined ? " · " : ""}
          {at === undefined ? "" : <Moment at={at} />}{" "}
          {seq === undefined ? "" : <span class="seq">{log === "run" ? `event ${seq}` : `#${seq}`}</span>}
        </span>
      </li>
    ))}
  </ol>
);
