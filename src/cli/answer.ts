import type { Refusal } from "../workflow/refusal.ts";
import type { ExitCode } from "./exit-code.ts";

/** What a command answers: the same facts as text and as JSON. Nothing is printed before the command has ended. */
export interface Answer {
  /** `schema` is `cto.<noun>.v1`. */
  readonly noun: string;
  readonly exit: ExitCode;
  /** Members of the JSON object beside schema, ok and refusals. */
  readonly data: { readonly [key: string]: unknown };
  /** stdout, without a final line feed. */
  readonly text: string;
  readonly refusals?: readonly Refusal[];
  /** What did not happen, printed under the refusals. */
  readonly spared?: string;
}
