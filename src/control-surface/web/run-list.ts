import { useEffect, useMemo, useRef, useState } from "preact/hooks";

import type { RunRow } from "../../harness/objects/run.ts";
import type { Api } from "../api.ts";
import { ask, type Answer, type Problem } from "./ask.ts";
import { onEvent } from "./live.ts";

/** Runs as far as they were fetched, the newest first. */
export interface RunList {
  readonly kind: "loading" | "ready";
  readonly rows: readonly RunRow[];
  /** How many there are, fetched or not. */
  readonly total: number;
  /** Nothing more is to be fetched. */
  readonly isWhole: boolean;
  /** Why no more of them could be fetched. */
  readonly problem: Problem | undefined;
  /** Runs of which something was recorded since. */
  readonly newer: number;
  /** Fetches until there are so many. */
  readonly want: (count: number) => void;
  readonly again: () => void;
}

/** What a list is of, apart from what is only looked for in the rows that came. */
export interface RunsAsked {
  /** Names of states with commas between them, or all. */
  readonly states: readonly string[] | "all";
  readonly work?: string | undefined;
  readonly since?: Date | undefined;
}

const FIRST_PAGE = 100;
const NEXT_PAGE = 1000;

/** Fetches by cursor, page after page, as far as somebody looks. It never changes what is seen by itself. */
export const useRunList = ({ states, work, since }: RunsAsked): RunList => {
  const nobody = states !== "all" && states.length === 0;
  const key = JSON.stringify([states, work]);
  const [held, setHeld] = useState<Held>({ ...NOTHING, key: "" });
  const [changed, setChanged] = useState<ReadonlySet<string>>(NONE);
  const [round, setRound] = useState(0);
  const wanted = useRef(FIRST_PAGE);

  useEffect(() => {
    wanted.current = FIRST_PAGE;
    setChanged(NONE);
  }, [key, round]);

  // One page at a time: the next is asked for when the one before is there and somebody still wants it.
  const isHere = held.key === key && held.round === round;
  const [, setWanted] = useState(0);
  const isLacking =
    !nobody &&
    (!isHere || (held.next !== undefined && held.problem === undefined && held.rows.length < wanted.current));
  useEffect(() => {
    if (!isLacking) return;
    const left = new AbortController();
    const before = isHere ? held : { ...NOTHING, key, round };
    const hold = (answer: Answer<Api["/api/runs"]>): void => {
      if (left.signal.aborted) return;
      if (!answer.ok) return setHeld({ ...before, kind: "ready", problem: answer.problem });
      const { runs, total, nextCursor } = answer.value;
      setHeld({ ...before, kind: "ready", rows: [...before.rows, ...runs], total, next: nextCursor });
    };
    void ask<Api["/api/runs"]>(addressOf(states, work, before), left.signal).then(hold, () => undefined);
    return () => left.abort();
  }, [isLacking, isHere ? held.rows.length : 0, key, round]);

  useEffect(
    () =>
      onEvent(({ type, run }) => {
        if (type === "reconnected" || type === "missed") setRound((now) => now + 1);
        else if (run !== undefined) setChanged((now) => (now.has(run) ? now : new Set([...now, run])));
      }),
    [],
  );

  // What is fetched anew stays to be seen until its first page is there.
  const { rows, total, next, problem, kind } = held.key === key ? held : NOTHING;
  const from = since?.toISOString();
  const shown = useMemo(() => (from === undefined ? rows : rows.filter((row) => row.startedAt >= from)), [rows, from]);
  const isPast = shown.length < rows.length;
  const isWhole = nobody || (kind === "ready" && (next === undefined || isPast));
  return {
    kind: nobody ? "ready" : kind,
    rows: shown,
    // Where only a moment ends the list, its number is known once that moment is reached.
    total: nobody ? 0 : from === undefined || !isWhole ? total : shown.length,
    isWhole,
    problem,
    newer: changed.size,
    want: (count) => {
      if (isPast || count <= wanted.current) return;
      wanted.current = count;
      setWanted(count);
    },
    again: () => setRound((now) => now + 1),
  };
};

interface Held {
  readonly kind: "loading" | "ready";
  readonly key: string;
  readonly round: number;
  readonly rows: readonly RunRow[];
  readonly total: number;
  readonly next: string | undefined;
  readonly problem: Problem | undefined;
}

const NOTHING = { kind: "loading", round: 0, rows: [], total: 0, next: undefined, problem: undefined } as const;
const NONE: ReadonlySet<string> = new Set();

const addressOf = (states: readonly string[] | "all", work: string | undefined, { next, rows }: Held): string => {
  const words = new URLSearchParams({ limit: String(rows.length === 0 ? FIRST_PAGE : NEXT_PAGE) });
  if (states !== "all") words.set("state", states.join(","));
  if (work !== undefined) words.set("work", work);
  if (next !== undefined) words.set("cursor", next);
  return `/api/runs?${words}`;
};
