/** Which rows of a long list are drawn, and how high the empty rest above and below them is. */
export interface Rows {
  readonly first: number;
  /** The row after the last. */
  readonly end: number;
  readonly abovePx: number;
  readonly belowPx: number;
}

/** A list of rows of one height, and what of it is in sight: `topPx` is where it begins, from the top of the window. */
export interface Sight {
  readonly total: number;
  readonly rowPx: number;
  readonly topPx: number;
  readonly heightPx: number;
}

const BEYOND = 12;
const ROWS_MAX = 160;

export const rowsInSight = ({ total, rowPx, topPx, heightPx }: Sight): Rows => {
  if (rowPx <= 0) return { first: 0, end: Math.min(total, ROWS_MAX), abovePx: 0, belowPx: 0 };
  const clamped = (row: number): number => Math.min(Math.max(row, 0), total);
  const first = clamped(Math.min(Math.floor(-topPx / rowPx) - BEYOND, total - BEYOND));
  const end = Math.min(clamped(Math.ceil((heightPx - topPx) / rowPx) + BEYOND), first + ROWS_MAX);
  const shownEnd = Math.max(end, clamped(first + 1));
  return { first, end: shownEnd, abovePx: first * rowPx, belowPx: (total - shownEnd) * rowPx };
};
