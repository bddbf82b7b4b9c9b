import type { Digest } from "../workflow/digest.ts";
import type { Channel } from "../workflow/notify-policy.ts";

/** Tells the outside who must act: at least once, with the same id each time. No diff, log or sentence is ever in it. */
export interface Notices {
  /** Appends lines to `.cto/notices.jsonl`, durably: all of them, or none. Called by one process at a time. */
  write(lines: readonly string[]): Promise<Sent>;
  /** One attempt at one receiver, bounded in time; the signal ends it before. */
  post(parcel: Parcel, signal: AbortSignal): Promise<Sent>;
  /** What keeps a channel from being used at all, in words without its secret, or "none"; nothing is sent. */
  problemOf(channel: Channel): Promise<string>;
}

export interface Parcel {
  readonly channel: Channel;
  readonly id: Digest;
  /** Seconds since 1970, of this attempt. */
  readonly atSeconds: number;
  readonly body: string;
}

/** What became of an attempt. The problem is a clause without address or secret. */
export type Sent =
  | { readonly kind: "sent" }
  | { readonly kind: "failed"; readonly problem: string }
  /** The receiver wants nothing more: trying again is no use. */
  | { readonly kind: "gone"; readonly problem: string };
