import type { RunId } from "../ids.ts";

/** What stands for the provider's key inside; the relay sets the real one on the way out (backends.md 11). */
export const placeholderKey = (run: RunId): string => `cto-${run}`;

/** The rule that a change breaks which holds it: an agent that writes its key into a file would have written a real one. */
export const PLACEHOLDER_RULE = "placeholder-of-the-key";
