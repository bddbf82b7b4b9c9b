import type { JSX } from "preact";

import type { Problem } from "../ask.ts";
import { Icon } from "../parts/icons.tsx";
import { Told } from "../parts/told.tsx";

/** Why an act was refused: every reason, and what to do about it. */
export const Refused = ({ problem: { detail, code, next, refusals } }: { readonly problem: Problem }): JSX.Element => {
  const all = refusals.length === 0 ? [{ code, message: detail, next }] : refusals;
  return (
    <ul class="refused" role="alert">
      {all.map((one, place) => (
        <li key={place}>
          <p class="state bad">
            <Icon name="cross" />
            <Told text={one.message} />
          </p>
          <p class="hint">
            <code>{one.code}</code> next: <Told text={one.next} />
          </p>
        </li>
      ))}
    </ul>
  );
};
