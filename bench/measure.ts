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

/** What a suite says of itself to whoever runs all of them. */
export type Told =
  | {
      readonly kind: "row";
      readonly what: string;
      readonly measured: string;
      readonly wanted: string;
      readonly holds: boolean;
    }
  | { readonly kind: "note"; readonly says: string }
  | { readonly kind: "unable"; readonly why: string }
  | { readonly kind: "table"; readonly title: string; readonly lines: readonly string[] };

/** Heard where `npm run bench` started this process; to anybody else it is said on stdout alone. */
export const tell = (told: Told): void => void process.send?.(told);

/** Prints one ratio against its bound; answers whether it holds. */
export const ratio = (what: string, ours: number, theirs: number, bound: number): boolean => {
  const found = ours / theirs;
  const measured = `${ours.toFixed(0)} ms against ${theirs.toFixed(0)} ms = ${found.toFixed(2)}x`;
  return row(what, measured, `at most ${bound}x`, found <= bound);
};

/** Prints one number that no clock makes against its bound; answers whether it holds. */
export const count = (what: string, found: number, bound: number, unit: string): boolean =>
  row(what, `${Number(found.toFixed(3))} ${unit}`, `at most ${bound}`, found <= bound);

/** Prints what has no bound: it says how to read a row, or how far something goes. */
export const note = (says: string): void => {
  process.stdout.write(`${says}\n`);
  tell({ kind: "note", says: says.trim() });
};

/** Says that nothing is measured, and why: a suite that is left out in silence would count as met. */
export const unable = (why: string): false => {
  process.stdout.write(`SKIPPED: ${why}\n`);
  tell({ kind: "unable", why });
  return false;
};

const row = (what: string, measured: string, wanted: string, holds: boolean): boolean => {
  process.stdout.write(`${what}: ${measured} (wanted: ${wanted}): ${holds ? "met" : "NOT met"}\n`);
  tell({ kind: "row", what, measured, wanted, holds });
  return holds;
};
