import type { JSX } from "preact";

import { visible } from "../../../workflow/visible-text.ts";
import { Code } from "../parts/told.tsx";
import { textOf } from "../text-of.ts";

/** One difference from what the reader had reviewed; null where something was not there, or is not any more. */
export interface Change {
  readonly field: string;
  readonly class: "widens" | "narrows" | "wording";
  readonly before: unknown;
  readonly after: unknown;
}

export const CLASS_WORDS = { widens: "widens", narrows: "narrows", wording: "other words" } as const;

/** Each change with what stood there before and what stands there now. */
export const ChangeList = ({ changes }: { readonly changes: readonly Change[] }): JSX.Element => (
  <ul class="changes">
    {changes.map(({ field, class: kind, before, after }, place) => (
      <li key={place}>
        <span class={`change-class ${kind}`}>
          {CLASS_WORDS[kind]}
          <span class="unseen"> {visible(field)}</span>
        </span>
        <BeforeAfter before={before} after={after} />
      </li>
    ))}
  </ul>
);

export const BeforeAfter = ({ before, after }: Pick<Change, "before" | "after">): JSX.Element => (
  <span class="before-after">
    {before === null || before === undefined ? null : (
      <del>
        <span class="unseen">before: </span>
        <Code text={textOf(before)} />
      </del>
    )}
    {after === null || after === undefined ? null : (
      <ins>
        <span class="unseen">now: </span>
        <Code text={textOf(after)} />
      </ins>
    )}
  </span>
);
