import type { ManifestEntry } from "../../workflow/policy/changes.ts";
import type { TreeEntry } from "./tree.ts";

/** How git would write the mode of what stands there; undefined for what it cannot hold. */
export const gitModeOf = ({ type, mode }: ManifestEntry): TreeEntry["mode"] | undefined => {
  if (type === "d") return "040000";
  if (type === "l") return "120000";
  if (type !== "f") return undefined;
  return (mode & 0o100) === 0 ? "100644" : "100755";
};
