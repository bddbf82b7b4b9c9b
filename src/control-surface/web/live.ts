import { signal, type ReadonlySignal } from "@preact/signals";

import { request } from "./ask.ts";
import { sessionToken } from "./session.ts";

/** One record of the ledger, as the stream tells it (surface.md 4.5). */
export interface LiveEvent {
  readonly seq: number;
  readonly type: string;
  readonly work?: string;
  readonly run?: string;
}

/** `live` while the server is heard; `stale` once it was silent for 30 s or does not answer; `shut-out` where it takes no token of ours. */
export type Liveness = "connecting" | "live" | "stale" | "shut-out";

const liveness = signal<Liveness>("connecting");
const heardAt = signal<Date | undefined>(undefined);
const listeners = new Set<(event: LiveEvent) => void>();
let last: string | undefined;

export const live: ReadonlySignal<Liveness> = liveness;
/** When the server was last heard. */
export const lastHeard: ReadonlySignal<Date | undefined> = heardAt;

/** Calls back for every record that comes; the answer ends that. */
export const onEvent = (listener: (event: LiveEvent) => void): (() => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

/** Follows the stream as long as the page is looked at; a hidden page lets go and catches up afterwards. */
export const startLive = (): void => {
  if (sessionToken() === undefined) {
    liveness.value = "shut-out";
    return;
  }
  let following: AbortController | undefined;
  const follow = (): void => {
    if (document.visibilityState === "hidden") {
      following?.abort();
      following = undefined;
      // Nothing is heard from here on: what comes back has missed records, and nobody may sign before it caught up.
      if (liveness.value !== "shut-out") liveness.value = "stale";
    } else if (following === undefined) {
      following = new AbortController();
      void followUntil(following.signal);
    }
  };
  document.addEventListener("visibilitychange", follow);
  follow();
};

const SILENCE_MS = 30_000;
const WAITS_MS = [500, 1000, 2000, 4000, 8000, 15_000];

const followUntil = async (left: AbortSignal): Promise<void> => {
  for (let tries = 0; !left.aborted; tries += 1) {
    const heard = await followOnce(left);
    if (left.aborted) return;
    if (heard === "refused") {
      liveness.value = "shut-out";
      return;
    }
    if (heard === "something") tries = 0;
    liveness.value = "stale";
    await pause(WAITS_MS[Math.min(tries, WAITS_MS.length - 1)] ?? SILENCE_MS, left);
  }
};

type Heard = "something" | "nothing" | "refused";

/** One stream until it ends, and whether the server said anything at all. */
const followOnce = async (left: AbortSignal): Promise<Heard> => {
  const silent = new AbortController();
  let timer = setTimeout(() => silent.abort(), SILENCE_MS);
  let heard: Heard = "nothing";
  try {
    const signal = AbortSignal.any([left, silent.signal]);
    const headers: Record<string, string> = last === undefined ? {} : { "Last-Event-ID": last };
    const response = await request("/api/events", { headers, signal });
    // A server that was started anew has another token: no waiting brings this one back.
    if (response.status === 401) return "refused";
    if (!response.ok || response.body === null) return "nothing";
    let text = "";
    for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
      if (left.aborted) return heard;
      clearTimeout(timer);
      timer = setTimeout(() => silent.abort(), SILENCE_MS);
      heard = "something";
      heardAt.value = new Date();
      // A page that was away asks anew for all that it shows: it may have missed records.
      if (liveness.value === "stale") tellAll({ seq: 0, type: "reconnected" });
      liveness.value = "live";
      text += chunk;
      const messages = text.split("\n\n");
      text = messages.pop() ?? "";
      messages.forEach(take);
    }
    return heard;
  } catch {
    return heard;
  } finally {
    clearTimeout(timer);
    silent.abort();
  }
};

const take = (message: string): void => {
  const field = (name: string): string | undefined => new RegExp(`^${name}: (.*)$`, "m").exec(message)?.[1];
  const [id, data] = [field("id"), field("data")];
  if (id === undefined || data === undefined) return;
  last = id;
  const event: LiveEvent = JSON.parse(data);
  tellAll({ ...event, type: event.type ?? field("event") ?? "missed" });
};

/** How many records were told so far: whoever holds an answer from before one of them may hold an old one. */
export const toldSoFar = (): number => told;

let told = 0;

const tellAll = (event: LiveEvent): void => {
  told += 1;
  listeners.forEach((listener) => listener(event));
};

const pause = (ms: number, left: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    left.addEventListener("abort", () => (clearTimeout(timer), resolve()), { once: true });
  });
