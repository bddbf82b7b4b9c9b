/** A moment by both clocks of the host, so that a moved wall clock is seen (R048). */
export interface Instant {
  /** Wall clock, milliseconds since the epoch. */
  readonly epochMs: number;
  /** Boot clock, milliseconds since boot, suspend included. */
  readonly bootMs: number;
  readonly bootId: string;
}

/** RFC 3339, UTC, milliseconds. */
export const timeText = (epochMs: number): string => new Date(epochMs).toISOString();
