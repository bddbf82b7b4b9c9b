import type { Instant } from "../workflow/instant.ts";

/** Time, ids and chance: the only source of all three. */
export interface Clock {
  now(): Instant;
  /** The wall clock alone, in milliseconds since the epoch: for what happens thousands of times. */
  wallMs(): number;
  /** A ULID. */
  newId(): string;
  /** 32 random bytes. */
  newNonce(): Uint8Array;
}
