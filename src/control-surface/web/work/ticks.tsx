import type { JSX } from "preact";

import type { ApprovalTick } from "../../../harness/objects/signing.ts";
import { visible } from "../../../workflow/visible-text.ts";
import { BeforeAfter, CLASS_WORDS } from "./change-list.tsx";

/** What has to be ticked before anything can be signed: every change, or every part of what was never reviewed. */
export const Ticks = ({
  ticks,
  ticked,
  tick,
}: {
  readonly ticks: readonly ApprovalTick[];
  readonly ticked: ReadonlySet<string>;
  readonly tick: (id: string) => void;
}): JSX.Element | null =>
  ticks.length === 0 ? null : (
    <fieldset class="ticks">
      <legend>
        {ticks[0]?.kind === "section" ? "First review: tick each part once read" : "Tick each change once read"}
      </legend>
      {ticks.map((one) => (
        <label key={one.id} class="tick">
          <input type="checkbox" checked={ticked.has(one.id)} onChange={() => tick(one.id)} />
          <span>
            {visible(one.label)}{" "}
            {one.class === null ? null : <span class={`change-class ${one.class}`}>{CLASS_WORDS[one.class]}</span>}
            {one.kind === "section" ? null : <BeforeAfter before={one.before} after={one.after} />}
          </span>
        </label>
      ))}
    </fieldset>
  );
