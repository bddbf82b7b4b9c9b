import { isOutsideSums, SUMS } from "../bundle-table.ts";
import type { Reading } from "./reading.ts";
import { sumLines } from "./sum-lines.ts";
import { fail, passUnless, type Check } from "./verdict.ts";

const ID = "digests";

/** Step 3: SHA256SUMS covers every file but itself and what signs it, once each, in order; every digest is the file's. */
export const checkSums = ({ files, paths, digest }: Reading): readonly Check[] => {
  const bytes = files.get(SUMS);
  if (bytes === undefined) return [fail(ID, "evidence/file-set-differs", "it is not there", SUMS)];
  const lines = sumLines(bytes);
  if (lines === undefined) return [fail(ID, "evidence/digest-differs", "it is not what coreutils writes", SUMS)];
  const sums = new Map(lines.map(({ path, sum }) => [path, sum]));
  const objections = [
    ...(isInOrder(lines.map(({ path }) => path))
      ? []
      : [fail(ID, "evidence/digest-differs", "its names are not in order, once each", SUMS)]),
    ...paths
      .filter((path) => path !== SUMS && !isOutsideSums(path) && !sums.has(path))
      .map((path) => fail(ID, "evidence/file-set-differs", "no digest was sealed for it", path)),
    ...lines.flatMap(({ path, sum }) => {
      const found = path === SUMS || isOutsideSums(path) ? undefined : digest(path);
      if (found === undefined) return [fail(ID, "evidence/file-set-differs", "it was sealed and is not there", path)];
      return found === sum
        ? []
        : [fail(ID, "evidence/digest-differs", `sealed ${sum.slice(0, 8)}, on disk ${found.slice(0, 8)}`, path)];
    }),
  ];
  return passUnless(ID, objections, `${lines.length} digests, every file covered once`);
};

const isInOrder = (paths: readonly string[]): boolean =>
  paths.every((path, at) => at === 0 || (paths[at - 1] ?? "") < path);
