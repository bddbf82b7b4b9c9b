import type { Clock } from "../../src/seams/clock.ts";
import { ulid } from "../../src/workflow/ulid.ts";

/** A clock that stands still until it is moved; ids and nonces count up. */
export interface HandClock extends Clock {
  /** Moves both clocks. */
  pass(ms: number): void;
  /** Moves the wall clock only, as somebody who sets it does. */
  setWall(epochMs: number): void;
  /** Another boot: the boot clock begins again. */
  reboot(): void;
}

export const handClock = (start: string = "2026-06-01T10:00:00.000Z"): HandClock => {
  let epochMs = Date.parse(start);
  let bootMs = 1_000_000;
  let boots = 1;
  let ids = 0;
  const counted = (length: number): Uint8Array => {
    ids += 1;
    const bytes = new Uint8Array(length);
    new DataView(bytes.buffer).setUint32(length - 4, ids);
    return bytes;
  };
  return {
    now: () => ({ epochMs, bootMs, bootId: `boot-${boots}` }),
    wallMs: () => epochMs,
    newId: () => ulid(epochMs, counted(10)),
    newNonce: () => counted(32),
    pass: (ms) => {
      epochMs += ms;
      bootMs += ms;
    },
    setWall: (ms) => {
      epochMs = ms;
    },
    reboot: () => {
      boots += 1;
      bootMs = 0;
    },
  };
};
