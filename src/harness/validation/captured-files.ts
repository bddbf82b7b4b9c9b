import type { Json } from "../../workflow/digest.ts";
import { foldedSegments, prohibition } from "../../workflow/path-rules.ts";
import type { Change, ManifestEntry } from "../../workflow/policy/changes.ts";

/** The changed paths as `diff.captured` tells them: content and mode, and what tools leave behind. */
export const capturedFiles = (changes: readonly Change[], scratchPaths: readonly string[]): readonly Json[] => {
  const scratch = prohibition(scratchPaths);
  return changes.map(({ path, kind, before, after }) => ({
    path,
    change: kind,
    oldSha256: before?.sha256,
    newSha256: after?.sha256,
    newMode: gitMode(after),
    ...(kind === "added" && scratch.ruleFor(foldedSegments(path)) !== undefined ? { scratch: true } : {}),
  }));
};

/** The mode by which git would keep it: a link may have the bytes of a file. What git cannot keep goes by its type. */
export const gitMode = (entry: Pick<ManifestEntry, "type" | "mode"> | undefined): string | undefined => {
  if (entry === undefined) return undefined;
  if (entry.type === "l") return "120000";
  if (entry.type !== "f") return entry.type;
  return (entry.mode & 0o100) === 0 ? "100644" : "100755";
};
