import { digestOf } from "../digest.ts";
import type { Files } from "./bundle.ts";
import { difference, type Difference } from "./replay-difference.ts";
import type { ReplayPath } from "./replay.ts";

/** The files that a replay starts from, held against what the report says they were. */
export const changedInputs = (path: ReplayPath, files: Files): readonly Difference[] =>
  path.inputs.flatMap(({ file, sha256 }) => {
    const bytes = files.get(file);
    if (bytes === undefined) return [difference(file, `sha256 ${sha256}`, "no such file, or one too large to be held")];
    const now = digestOf(bytes);
    return now === sha256 ? [] : [difference(file, `sha256 ${sha256}`, `sha256 ${now}`)];
  });
