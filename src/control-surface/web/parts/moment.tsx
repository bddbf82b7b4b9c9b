import { signal } from "@preact/signals";
import type { JSX } from "preact";

const minute = signal(Date.now());
setInterval(() => (minute.value = Date.now()), 30_000);

/** A time as distance from now; the exact one, in UTC, stands behind it. */
export const Moment = ({ at }: { readonly at: string }): JSX.Element => (
  <time dateTime={at} title={at}>
    {distance(Math.max(minute.value, Date.now()) - Date.parse(at))}
  </time>
);

const distance = (ms: number): string => {
  const [ahead, seconds] = [ms < 0, Math.abs(ms) / 1000];
  if (seconds < 45) return ahead ? "in a moment" : "just now";
  const text = spanOf(seconds);
  return ahead ? `in ${text}` : `${text} ago`;
};

const spanOf = (seconds: number): string => {
  const [minutes, hours] = [Math.round(seconds / 60), Math.round(seconds / 3600)];
  if (minutes < 60) return `${minutes} min`;
  return hours < 48 ? `${hours} h` : `${Math.round(seconds / 86_400)} d`;
};

/** A stretch of time: 140 ms, 3.9 s, 2 min 5 s. */
export const lasting = (ms: number): string => {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  return seconds < 3600
    ? `${Math.floor(seconds / 60)} min ${seconds % 60} s`
    : `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
};

/** A time of day to the second, in UTC. */
export const clockTime = (at: Date): string => at.toISOString().slice(11, 19);

/** 0 B, 1.2 kB, 3.4 MB. */
export const sized = (bytes: number): string => {
  if (bytes < 1000) return `${bytes} B`;
  return bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
};
