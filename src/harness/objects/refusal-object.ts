import { wordsOf, type Refusal } from "../../workflow/refusal.ts";

/** A refusal as every surface prints it. */
export const refusalObject = (refusal: Refusal): { readonly [key: string]: unknown } => ({
  code: refusal.code,
  message: wordsOf(refusal).says,
  next: wordsOf(refusal).next,
  ...(refusal.at === undefined ? {} : { at: refusal.at }),
  detail: refusal.facts,
});
