import { nearest } from "../workflow/nearest.ts";
import { visible } from "../workflow/visible-text.ts";
import type { Answer } from "./answer.ts";
import { usageError } from "./usage-error.ts";

/** What a given id names: the id itself, or the one that it is the unique beginning of. Anything else is a usage error. */
export const pick = <Id extends string>(
  { what, list }: { readonly what: string; readonly list: string },
  given: string,
  known: readonly Id[],
): Id | Answer => {
  const exact = known.find((id) => id === given);
  if (exact !== undefined) return exact;
  const begun = given === "" ? [] : known.filter((id) => id.startsWith(given));
  const [first, ...others] = begun;
  if (first !== undefined && others.length === 0) return first;
  if (first !== undefined)
    return usageError(
      `${visible(given)} begins ${begun.length} ${what}s: ${begun.slice(0, 5).map(visible).join(", ")}${begun.length > 5 ? ", …" : ""}`,
      list,
    );
  const near = nearest(given, known);
  const meant = near.length === 0 ? "" : `; did you mean ${near.map(visible).join(" or ")}?`;
  return usageError(`there is no ${what} ${visible(given)}${meant}`, list);
};

/** Whether `pick` found nothing: then this is what the command answers. */
export const isAnswer = (picked: string | Answer): picked is Answer => typeof picked !== "string";
