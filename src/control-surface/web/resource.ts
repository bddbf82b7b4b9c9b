import { useEffect, useRef, useState } from "preact/hooks";

import { ask, type Answer, type Problem } from "./ask.ts";
import { onEvent, type LiveEvent } from "./live.ts";

/** What a page knows of one address: nothing yet, the newest answer, or why there is none. */
export type Resource<T> = (
  | { readonly kind: "loading" }
  | { readonly kind: "ready"; readonly value: T; readonly at: Date }
  | { readonly kind: "problem"; readonly problem: Problem }
) & {
  readonly address: string;
  readonly again: () => void;
  /** How many records came since the answer that would change it, where the page asks before it moves. */
  readonly newer: number;
};

/** Which records make an answer old, and whether it is asked anew at once or when the reader says so. */
export interface Follow {
  readonly concerns: (event: LiveEvent) => boolean;
  readonly moves: "at-once" | "when-asked";
}

export const NEVER: Follow = { concerns: () => false, moves: "at-once" };
export const ALWAYS: Follow = { concerns: () => true, moves: "at-once" };

/** Reads an address and keeps reading it as the ledger grows; the empty one asks nothing and stays unanswered. */
export const useResource = <T>(address: string, follow: Follow = ALWAYS): Resource<T> => {
  const [held, setHeld] = useState<Held<T>>({ kind: "loading", address });
  const [newer, setNewer] = useState(0);
  const asking = useRef(new AbortController());
  const hold =
    (signal: AbortSignal) =>
    (answer: Answer<T>): void => {
      if (signal.aborted) return;
      if (answer.ok) setHeld({ kind: "ready", value: answer.value, at: new Date(), address });
      // What was read stays to be seen while the server is away: the band says how old it is.
      else
        setHeld((now) =>
          isAway(answer.problem) && isOf(now, address) ? now : { kind: "problem", problem: answer.problem, address },
        );
    };
  const again = (): void => {
    asking.current.abort();
    if (address === "") return;
    const { signal } = (asking.current = new AbortController());
    setNewer(0);
    void ask<T>(address, signal).then(hold(signal), () => undefined);
  };
  useEffect(() => {
    again();
    return () => asking.current.abort();
  }, [address]);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const end = onEvent((event) => {
      if (event.type !== "reconnected" && !follow.concerns(event)) return;
      if (follow.moves === "when-asked" && event.type !== "reconnected") return setNewer((count) => count + 1);
      // Records come in bursts: one answer is enough for all of them.
      timer ??= setTimeout(() => {
        timer = undefined;
        again();
      }, BURST_MS);
    });
    return () => (end(), clearTimeout(timer));
  }, [address]);
  // An answer of another address is no answer of this one.
  const shown: Held<T> = held.address === address ? held : { kind: "loading", address };
  return { ...shown, again, newer };
};

const BURST_MS = 150;

const isAway = ({ code }: Problem): boolean => code === "offline";

const isOf = (held: Held<unknown>, address: string): boolean => held.kind === "ready" && held.address === address;

type Held<T> = { readonly address: string } & (
  | { readonly kind: "loading" }
  | { readonly kind: "ready"; readonly value: T; readonly at: Date }
  | { readonly kind: "problem"; readonly problem: Problem }
);
