import { expect, test } from "vitest";

import { openLanes } from "./lanes.ts";

test("no more work is under way than there are lanes, each lane is used again, and who came first goes first", async () => {
  const lanes = openLanes(2);
  const begun: number[] = [];
  const ends: (() => void)[] = [];
  const jobs = [0, 1, 2, 3].map((n) =>
    lanes(async () => {
      begun.push(n);
      await new Promise<void>((end) => ends.push(end));
    }),
  );
  await Promise.resolve();
  expect(begun).toEqual([0, 1]);
  ends.shift()?.();
  await jobs[0];
  expect(begun).toEqual([0, 1, 2]);
  for (const job of jobs.slice(1)) {
    ends.shift()?.();
    await job;
  }
  expect(begun).toEqual([0, 1, 2, 3]);
});

test("a lane is given back by work that fails", async () => {
  const lanes = openLanes(1);
  await expect(lanes(() => Promise.reject(new Error("broken")))).rejects.toThrow("broken");
  expect(await lanes(() => Promise.resolve("works"))).toBe("works");
});
