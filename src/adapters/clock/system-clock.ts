import { randomBytes } from "node:crypto";

import type { Clock } from "../../seams/clock.ts";
import { ulid } from "../../workflow/ulid.ts";
import { bootId, readProc } from "./proc.ts";

/** This host's wall clock and boot clock, read one after the other. */
export const systemClock = (): Clock => ({
  now: () => ({ epochMs: Date.now(), bootMs: bootMs(), bootId: bootId() }),
  wallMs: () => Date.now(),
  newId: () => ulid(Date.now(), randomBytes(10)),
  newNonce: () => new Uint8Array(randomBytes(32)),
});

// The first number of /proc/uptime is CLOCK_BOOTTIME: it counts a suspended laptop's sleep, and no one sets it.
const bootMs = (): number => {
  const seconds = Number(readProc("uptime").split(" ")[0]);
  if (!Number.isFinite(seconds)) throw new TypeError("/proc/uptime holds no number");
  return Math.round(seconds * 1000);
};
