import type { JSX } from "preact";

import type { OutcomeTick } from "../../../harness/objects/signing.ts";
import { visible } from "../../../workflow/visible-text.ts";

/** One row that the owner ticks by name; with what he saw where that is asked. Unticked it has no note. */
export const Tick = ({
  tick: { id, needsNote },
  note,
  words,
  onTick,
}: {
  readonly tick: OutcomeTick;
  readonly note: string | undefined;
  readonly words: string;
  readonly onTick: (note: string | undefined) => void;
}): JSX.Element => (
  <div class="owner-tick" data-tick={id}>
    <label class="tick">
      <input
        type="checkbox"
        checked={note !== undefined}
        onChange={({ currentTarget: { checked } }) => onTick(checked ? "" : undefined)}
      />
      <span>{visible(words)}</span>
    </label>
    {needsNote && note !== undefined ? (
      <label class="field">
        What I saw
        <input type="text" maxLength={500} value={note} onInput={({ currentTarget: { value } }) => onTick(value)} />
      </label>
    ) : null}
  </div>
);
