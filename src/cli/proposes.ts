import type { IdKind } from "../harness/home/known-ids.ts";

/** What may stand in the place of an argument or of a flag's value, for a shell to propose. */
export type Proposes = IdKind | "name" | "state" | "shell" | "file" | "folder";
