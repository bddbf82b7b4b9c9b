import type { JSX } from "preact";

import { lastHeard, live } from "../live.ts";
import { clockTime } from "./moment.tsx";

/** Over every page while the server is not heard: what is seen is old, and nothing can be signed. */
export const StaleBand = (): JSX.Element | null => {
  const heard = lastHeard.value;
  const since = heard === undefined ? "before this page opened" : `from ${clockTime(heard)} UTC`;
  if (live.value === "shut-out")
    return (
      <p class="band" role="status">
        {heard === undefined ? "No token" : `Showing data ${since}. The server was started anew, with another token`}:
        open the address that <code>cto serve</code> prints. It is new with each start.
      </p>
    );
  if (live.value !== "stale") return null;
  return (
    <p class="band" role="status">
      Showing data {since}, reconnecting. Nothing can be signed until the server is back.
    </p>
  );
};
