import { execFileSync } from "node:child_process";

export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? 0;
};

/** Milliseconds that a program takes, started n times; the median. */
export const timed = (
  n: number,
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): number =>
  median(
    Array.from({ length: n }, () => {
      const started = performance.now();
      execFileSync(program, args, { stdio: ["ignore", "ignore", "inherit"], env: { PATH: "/usr/bin:/bin", ...env } });
      return performance.now() - started;
    }),
  );

/** Prints one ratio against its bound; answers whether it holds. */
export const ratio = (what: string, ours: number, theirs: number, bound: number): boolean => {
  const found = ours / theirs;
  const measured = `${ours.toFixed(0)} ms against ${theirs.toFixed(0)} ms = ${found.toFixed(2)}x`;
  return told(what, measured, `at most ${bound}x`, found <= bound);
};

/** Prints one number that no clock makes against its bound; answers whether it holds. */
export const count = (what: string, found: number, bound: number, unit: string): boolean =>
  told(what, `${Number(found.toFixed(3))} ${unit}`, `at most ${bound}`, found <= bound);

const told = (what: string, measured: string, wanted: string, holds: boolean): boolean => {
  process.stdout.write(`${what}: ${measured} (wanted: ${wanted}): ${holds ? "met" : "NOT met"}\n`);
  return holds;
};
