import type { JSX } from "preact";
import { useState } from "preact/hooks";

import { useEvery } from "../use-every.ts";

/** How long something has lasted, counted on: 03:07, 1:02:59. */
export const Elapsed = ({ since }: { readonly since: string }): JSX.Element => {
  const [now, setNow] = useState(Date.now());
  useEvery(1000, () => setNow(Date.now()));
  return <span class="num">{clock(now - Date.parse(since))}</span>;
};

const clock = (ms: number): string => {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  return [...(hours === 0 ? [] : [String(hours)]), twoDigits(minutes), twoDigits(seconds % 60)].join(":");
};

const twoDigits = (count: number): string => String(count).padStart(2, "0");
