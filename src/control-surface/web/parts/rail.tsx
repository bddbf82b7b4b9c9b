import type { JSX } from "preact";

import { live } from "../live.ts";
import type { RailName } from "../routes.ts";
import { Icon, type IconName } from "./icons.tsx";
import { useStatus } from "./status.tsx";

const PLACES: readonly {
  readonly name: RailName;
  readonly word: string;
  readonly to: string;
  readonly icon: IconName;
}[] = [
  { name: "inbox", word: "Inbox", to: "/", icon: "inbox" },
  { name: "packets", word: "Packets", to: "/packets", icon: "packet" },
  { name: "runs", word: "Runs", to: "/runs", icon: "runs" },
  { name: "targets", word: "Targets", to: "/targets", icon: "target" },
  { name: "audit", word: "Audit", to: "/audit", icon: "audit" },
  { name: "health", word: "Health", to: "/health", icon: "health" },
];

const SAID = { connecting: "Connecting", live: "Live", stale: "Not connected", "shut-out": "No token" } as const;

/** The places, how many things wait in the inbox, and whether what is seen is live. */
export const Rail = ({ now }: { readonly now: RailName }): JSX.Element => {
  const status = useStatus();
  const needs = status.kind === "ready" ? status.value.needs.length : undefined;
  return (
    <header class="rail">
      <a class="brand" href="/">
        <Icon name="logo" />
        <span>CTO</span>
      </a>
      <nav aria-label="Places">
        <ul>
          {PLACES.map(({ name, word, to, icon }) => (
            <li key={name}>
              <a href={to} aria-current={now === name ? "page" : undefined}>
                <Icon name={icon} />
                <span>{word}</span>
                {name !== "inbox" || needs === undefined || needs === 0 ? null : (
                  <span class="count">
                    {needs}
                    <span class="unseen"> waiting for somebody</span>
                  </span>
                )}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      <div class="foot">
        <p class={`liveness ${live.value}`}>{SAID[live.value]}</p>
        <p>{location.host}</p>
        <p>
          <a href="/settings">Settings</a>
        </p>
      </div>
    </header>
  );
};
