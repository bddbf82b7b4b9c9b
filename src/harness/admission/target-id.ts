import type { TargetId } from "../../workflow/admission/observation.ts";
import { digestOf } from "../../workflow/digest.ts";

/** Stable name of a target: the first 16 hex digits of SHA-256 over its path. An admitted path is a real path. */
export const targetIdOf = (path: string): TargetId => digestOf(path).slice(0, 16);
