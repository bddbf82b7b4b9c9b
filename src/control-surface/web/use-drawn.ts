import { useEffect, useState } from "preact/hooks";

const AT_LATEST_MS = 500;

/** How many of so many rows are drawn: the first ones at once, all others as soon as the browser has nothing better to do. */
export const useDrawn = (total: number, atFirst: number): number => {
  const [isWhole, setWhole] = useState(false);
  const isMore = total > atFirst;
  useEffect(() => {
    if (isWhole || !isMore) return;
    const asked = requestIdleCallback(() => setWhole(true), { timeout: AT_LATEST_MS });
    return () => cancelIdleCallback(asked);
  }, [isWhole, isMore]);
  return isWhole ? total : Math.min(total, atFirst);
};
