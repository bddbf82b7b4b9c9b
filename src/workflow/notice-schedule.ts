import { LIMITS } from "./limits.ts";
import type { QuietHours } from "./notify-policy.ts";

/** When a delivery that failed for the nth time is tried again; "never" makes a dead letter of it. */
export const nextAttemptMs = (failedAttempt: number, nowMs: number): number | "never" => {
  const after = LIMITS.noticeRetryAfterMs[failedAttempt - 1];
  return after === undefined ? "never" : nowMs + after;
};

const MINUTE_MS = 60_000;
const DAY_MINUTES = 1_440;

/** When the quiet hours that are now are over; now itself where there are none. */
export const quietUntilMs = (quiet: QuietHours | undefined, nowMs: number): number => {
  if (quiet === undefined) return nowMs;
  const local = Math.floor(nowMs / MINUTE_MS) + minutesOf(quiet.offset);
  const today = ((local % DAY_MINUTES) + DAY_MINUTES) % DAY_MINUTES;
  const since = (today - minutesOf(quiet.from) + DAY_MINUTES) % DAY_MINUTES;
  const length = (minutesOf(quiet.to) - minutesOf(quiet.from) + DAY_MINUTES) % DAY_MINUTES;
  return since < length ? (Math.floor(nowMs / MINUTE_MS) + length - since) * MINUTE_MS : nowMs;
};

/** Of `07:30`, `+02:00` or `-03:30`. */
const minutesOf = (text: string): number => {
  const [, sign = "", hours = "0", minutes = "0"] = /^([+-]?)(\d\d):(\d\d)$/.exec(text) ?? [];
  return (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
};
