import type { JSX } from "preact";

import { query } from "../navigation.ts";
import { FACTS_A_PAGE } from "../run-addresses.ts";

const SHOWN_MAX = 8;

/** Numbers of events, each leading to its row in the timeline. */
export const EventLinks = ({ events }: { readonly events: readonly number[] }): JSX.Element => (
  <span class="event-links">
    {events.slice(0, SHOWN_MAX).map((event) => (
      <button key={event} type="button" class="seq" onClick={() => show(event)}>
        <span class="unseen">Show </span>event {event}
      </button>
    ))}
    {events.length > SHOWN_MAX ? <span class="soft">and {events.length - SHOWN_MAX} more</span> : null}
  </span>
);

/** The event's own row, or the one that it was folded into. */
const show = (event: number): void => {
  const first = Math.floor(event / FACTS_A_PAGE) * FACTS_A_PAGE;
  query({ from: first === 0 ? undefined : String(first) });
  let tries = 40;
  const look = (): void => {
    const rows = [...document.querySelectorAll<HTMLElement>(".timeline tr[data-event]")];
    const row = rows.findLast((one) => Number(one.dataset["event"]) <= event);
    const isThere = row !== undefined && Number(row.dataset["event"]) >= first;
    if (!isThere) {
      tries -= 1;
      if (tries > 0) setTimeout(look, 50);
      return;
    }
    rows.forEach((one) => one.classList.toggle("chosen", one === row));
    row.tabIndex = -1;
    row.scrollIntoView({ block: "center" });
    row.focus({ preventScroll: true });
  };
  look();
};
