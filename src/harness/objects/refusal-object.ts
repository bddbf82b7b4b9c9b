import { wordsOf, type Refusal } from "../../workflow/refusal.ts";
import type { RefusalObject } from "./refusal.ts";

/** A refusal as every surface prints it. */
export const refusalObject = (refusal: Refusal): RefusalObject => ({
  code: refusal.code,
  message: wordsOf(refusal).says,
  next: wordsOf(refusal).next,
  ...(refusal.at === undefined ? {} : { at: refusal.at }),
  detail: refusal.facts,
});
