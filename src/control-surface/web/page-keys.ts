import { useEffect, useRef } from "preact/hooks";

/** What the keys do on one page, beyond what the marks in its HTML say (see `shortcuts.ts`). */
export interface PageKeys {
  /** `j` and `k`; without it the focus goes through the elements with `data-row`. */
  readonly move?: (by: 1 | -1) => void;
  /** `n` and `N`; without it the focus goes through the elements with `data-match`. */
  readonly match?: (by: 1 | -1) => void;
  /** `x` */
  readonly mark?: () => void;
  /** `s`: the page asks whether to stop. The key itself stops nothing. */
  readonly stop?: () => void;
  /** `c` copies it. */
  readonly id?: string | undefined;
  /** `y` copies it. */
  readonly digest?: string | undefined;
}

/** The keys of a page, as long as it is shown. */
export const usePageKeys = (keys: PageKeys): void => {
  const newest = useRef(keys);
  newest.current = keys;
  useEffect(() => {
    shown.push(newest);
    return () => {
      shown.splice(shown.indexOf(newest), 1);
    };
  }, []);
};

const shown: { readonly current: PageKeys }[] = [];

export const pageKeys = (): PageKeys => shown.at(-1)?.current ?? {};

/** Addresses of the list that is read now, in its order: `[` and `]` go through them afterwards. */
export const keepList = (addresses: readonly string[]): void => {
  kept = addresses;
};

let kept: readonly string[] = [];

/** The neighbour of a page in the list that was read last. */
export const neighbourOf = (path: string, by: 1 | -1): string | undefined => {
  const at = kept.indexOf(path);
  return at === -1 ? undefined : kept[at + by];
};
