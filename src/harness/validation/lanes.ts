/** Does its work at once while a lane is free; else in the order in which it came. */
export type Lanes = <T>(work: () => Promise<T>) => Promise<T>;

export const openLanes = (count: number): Lanes => {
  const waiting: (() => void)[] = [];
  let free = count;
  return async (work) => {
    if (free === 0) await new Promise<void>((enter) => waiting.push(enter));
    else free -= 1;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) free += 1;
      else next();
    }
  };
};
