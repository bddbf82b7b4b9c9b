import { useEffect, useRef } from "preact/hooks";

/** Calls back again and again while the page is looked at, for what changes without a record of it. */
export const useEvery = (ms: number, act: () => void): void => {
  const newest = useRef(act);
  newest.current = act;
  useEffect(() => {
    const timer = setInterval(() => {
      if (document.visibilityState === "visible") newest.current();
    }, ms);
    return () => clearInterval(timer);
  }, [ms]);
};
