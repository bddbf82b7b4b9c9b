import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";

import type { RunRow } from "../../../harness/objects/run.ts";
import { visible } from "../../../workflow/visible-text.ts";
import { usePageKeys } from "../page-keys.ts";
import { rowsInSight, type Rows } from "../window-of.ts";
import { lasting, Moment } from "./moment.tsx";
import { StateWord } from "./state-word.tsx";

export const runAddress = (run: string): string => `/r/${encodeURIComponent(run)}`;

/** The table of runs. Only rows in sight are in the page; the numbers of all are told to reading aids. */
export const RunRows = ({
  rows,
  total,
  want,
}: {
  readonly rows: readonly RunRow[];
  /** With those that are still to be fetched. */
  readonly total: number;
  readonly want: (count: number) => void;
}): JSX.Element => {
  const list = useRef<HTMLDivElement>(null);
  const { first, end, abovePx, belowPx } = useSight(list, total);
  const [chosen, setChosen] = useState<{ readonly row: number; readonly moves: number }>();
  /** While a key moves the focus: the focus that comes of it chooses nothing anew. */
  const isMoving = useRef(false);
  /** The choice that has had the focus: the reader may have taken it elsewhere since, whatever scrolls. */
  const reached = useRef(chosen);
  useEffect(() => want(end), [end, rows.length]);
  usePageKeys({
    move: (by) =>
      setChosen((now) => ({
        row: Math.min(Math.max((now?.row ?? (by === 1 ? first - 1 : end)) + by, 0), Math.max(rows.length - 1, 0)),
        moves: (now?.moves ?? 0) + 1,
      })),
    id: rows[chosen?.row ?? -1]?.run,
  });
  useEffect(() => {
    if (chosen === undefined || chosen === reached.current || list.current === null) return;
    const link = list.current.querySelector<HTMLElement>(`[data-row="${chosen.row}"]`);
    if (link === null)
      scrollTo({
        top:
          scrollY + list.current.getBoundingClientRect().top + chosen.row * rowHeight(list.current) - innerHeight / 2,
      });
    else {
      reached.current = chosen;
      isMoving.current = true;
      link.focus({ preventScroll: true });
      isMoving.current = false;
      link.scrollIntoView({ block: "nearest" });
    }
  }, [chosen, first, end]);
  return (
    <div role="table" class="run-table" aria-label="Runs" aria-rowcount={total + 1}>
      <div role="rowgroup">
        <div role="row" aria-rowindex={1} class="run-row run-head">
          {["State", "Run", "Work", "Title", "By", "Started", "Took"].map((word) => (
            <span key={word} role="columnheader" class={`run-${word.toLowerCase()}`}>
              {word}
            </span>
          ))}
        </div>
      </div>
      <div role="rowgroup" class="run-window" ref={list}>
        <div role="presentation" style={{ height: `${abovePx}px` }} />
        {Array.from({ length: end - first }, (_, n) => first + n).map((n) => {
          const row = rows[n];
          return row === undefined ? (
            <div role="row" aria-rowindex={n + 2} class="run-row" key={n}>
              <span role="cell" class="run-state soft">
                …
              </span>
            </div>
          ) : (
            <OneRun
              key={row.run}
              row={row}
              n={n}
              isChosen={n === chosen?.row}
              choose={() => {
                if (!isMoving.current) setChosen((now) => (now?.row === n ? now : { row: n, moves: 0 }));
              }}
            />
          );
        })}
        <div role="presentation" style={{ height: `${belowPx}px` }} />
      </div>
    </div>
  );
};

const OneRun = ({
  row,
  n,
  isChosen,
  choose,
}: {
  readonly row: RunRow;
  readonly n: number;
  readonly isChosen: boolean;
  readonly choose: () => void;
}): JSX.Element => (
  <div role="row" aria-rowindex={n + 2} class={isChosen ? "run-row chosen" : "run-row"}>
    <span role="cell" class="run-state" title={visible(titleOf(row))}>
      <StateWord state={row.state} word={row.word} seq={row.seq} />
    </span>
    <span role="cell" class="run-run">
      <a href={runAddress(row.run)} data-row={n} onFocus={choose}>
        {row.run}
      </a>
    </span>
    <span role="cell" class="run-work">
      {row.work}
    </span>
    <bdi role="cell" class="run-title" title={visible(row.title ?? "")}>
      {visible(row.title ?? "")}
    </bdi>
    <bdi role="cell" class="run-by" title={visible(row.by)}>
      {visible(row.by)}
    </bdi>
    {row.state === "blocked" ? (
      <>
        <span role="cell" class="run-started soft">
          never started
        </span>
        <span role="cell" class="run-took" />
      </>
    ) : (
      <>
        <span role="cell" class="run-started">
          <Moment at={row.startedAt} />
        </span>
        <span role="cell" class="run-took">
          {row.tookMs === undefined ? "" : lasting(row.tookMs)}
        </span>
      </>
    )}
  </div>
);

/** The state whole, and who has the run. */
const titleOf = ({ word, order }: RunRow): string =>
  order?.worker === undefined ? word : `${word}; with ${order.worker}`;

/** Which rows the window shows; asked anew as it scrolls or changes its size. */
const useSight = (list: { readonly current: HTMLDivElement | null }, total: number): Rows => {
  const [rows, setRows] = useState<Rows>(() => rowsInSight({ total, rowPx: 44, topPx: 0, heightPx: innerHeight }));
  useLayoutEffect(() => {
    const look = (): void => {
      if (list.current === null) return;
      const topPx = list.current.getBoundingClientRect().top;
      const next = rowsInSight({ total, rowPx: rowHeight(list.current), topPx, heightPx: innerHeight });
      setRows((now) =>
        now.first === next.first && now.end === next.end && now.belowPx === next.belowPx && now.abovePx === next.abovePx
          ? now
          : next,
      );
    };
    look();
    addEventListener("scroll", look, { passive: true });
    addEventListener("resize", look);
    return () => {
      removeEventListener("scroll", look);
      removeEventListener("resize", look);
    };
  }, [total]);
  return rows.end > total ? rowsInSight({ total, rowPx: 44, topPx: 0, heightPx: innerHeight }) : rows;
};

const rowHeight = (list: HTMLElement): number =>
  list.querySelector<HTMLElement>(".run-row")?.getBoundingClientRect().height ?? 44;
