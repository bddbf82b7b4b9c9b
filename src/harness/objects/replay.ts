import type { Json } from "../../workflow/json.ts";

/** One way to do a part of the run again, as a human gives the command; what it reads, and what has to come of it. */
export interface ReplayLevelObject {
  readonly level: string;
  readonly argv: readonly string[];
  readonly inputs: readonly { readonly file: string; readonly sha256: string }[];
  readonly expected: { readonly [name: string]: Json };
}
