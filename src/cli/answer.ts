import type { Refusal } from "../workflow/refusal.ts";
import type { ExitCode } from "./exit-code.ts";

/** What a command answers: the same facts as text and as JSON. Nothing is printed before the command has ended, but for `isTold`. */
export interface Answer {
  /** `schema` is `cto.<noun>.v1`. */
  readonly noun: string;
  readonly exit: ExitCode;
  /** The exit code of a command that was run for the caller: it becomes our own. */
  readonly exitOfCommand?: number;
  /** Members of the JSON object beside schema, ok and refusals. */
  readonly data: { readonly [key: string]: unknown };
  /** stdout, without a final line feed. */
  readonly text: string;
  /** Written to stdout byte for byte instead of `text`: a document or a patch as it is. */
  readonly raw?: Uint8Array;
  /** stderr, without a final line feed: what is not the answer. */
  readonly story?: string;
  readonly refusals?: readonly Refusal[];
  /** The text tells the refusals itself: they are not printed again. */
  readonly tellsRefusals?: true;
  /** A command that goes on after its answer has printed it itself, when it was ready. */
  readonly isTold?: true;
  /** What did not happen, printed under the refusals. */
  readonly spared?: string;
}
