import { useEffect, useRef, useState } from "preact/hooks";

import { answerIn, ask, type Answer, type Problem } from "./ask.ts";
import { ALWAYS, reactionTo, type Follow } from "./follow.ts";
import { onEvent, toldSoFar } from "./live.ts";
import { taken } from "./together.ts";

/** What a page knows of one address: nothing yet, the newest answer, or why there is none. */
export type Resource<T> = Held<T> & {
  readonly again: () => void;
  /** Asks anew, unless an answer is waited for already. */
  readonly refresh: () => void;
  /** How many records came since the answer that would change it, where the page asks before it moves. */
  readonly newer: number;
};

/** Reads an address and keeps reading it as the ledger grows; the empty one asks nothing and stays unanswered. */
export const useResource = <T>(address: string, follow: Follow = ALWAYS): Resource<T> => {
  const [held, setHeld] = useState<Held<T>>(() => heldFirst<T>(address));
  const [newer, setNewer] = useState(0);
  // How many records had been told when the answer was taken that came with the page.
  const isGiven = useRef(held.kind === "loading" ? undefined : toldSoFar());
  const asking = useRef(new AbortController());
  const isWaiting = useRef(false);
  const hold =
    (signal: AbortSignal) =>
    (answer: Answer<T>): void => {
      if (signal.aborted) return;
      isWaiting.current = false;
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
    isWaiting.current = true;
    void ask<T>(address, signal).then(hold(signal), () => undefined);
  };
  const refresh = (): void => {
    if (!isWaiting.current) again();
  };
  // An answer of another address is no answer of this one.
  const shown: Held<T> = held.address === address ? held : { kind: "loading", address };
  const newest = useRef(shown);
  newest.current = shown;
  useEffect(() => {
    const given = isGiven.current;
    isGiven.current = undefined;
    if (given !== toldSoFar()) again();
    return () => asking.current.abort();
  }, [address]);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const end = onEvent((event) => {
      const reaction = reactionTo(event, follow, newest.current.kind);
      if (reaction === "count") setNewer((count) => count + 1);
      if (reaction !== "ask") return;
      // Records come in bursts: one answer is enough for all of them.
      timer ??= setTimeout(() => {
        timer = undefined;
        again();
      }, BURST_MS);
    });
    return () => (end(), clearTimeout(timer));
  }, [address]);
  return { ...shown, again, refresh, newer };
};

const heldFirst = <T>(address: string): Held<T> => {
  const given = taken(address);
  if (given === undefined) return { kind: "loading", address };
  const answer = answerIn<T>(given.status, given.text);
  return answer.ok
    ? { kind: "ready", value: answer.value, at: new Date(), address }
    : { kind: "problem", problem: answer.problem, address };
};

const BURST_MS = 150;

const isAway = ({ code }: Problem): boolean => code === "offline";

const isOf = (held: Held<unknown>, address: string): boolean => held.kind === "ready" && held.address === address;

type Held<T> = { readonly address: string } & (
  | { readonly kind: "loading" }
  | { readonly kind: "ready"; readonly value: T; readonly at: Date }
  | { readonly kind: "problem"; readonly problem: Problem }
);
