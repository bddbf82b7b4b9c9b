import type { Context } from "hono";

import { LIMITS } from "../workflow/limits.ts";
import { refusal, type Refusal } from "../workflow/refusal.ts";
import { ok, refuse, type Result } from "../workflow/result.ts";
import type { Asked } from "./reply.ts";

/** The words of a request, or the first that is not as its address takes it. */
export const askedOf = (context: Context, known: readonly string[]): Result<Asked, Refusal> => {
  const query: Record<string, string> = {};
  for (const [name, values] of Object.entries(context.req.queries())) {
    const [value] = values;
    if (!known.includes(name)) return wrong(name, "is none that this address takes");
    if (value === undefined || values.length > 1) return wrong(name, "is given more than once");
    if (value.length > LIMITS.surfaceNameCharactersMax) return wrong(name, "is too long");
    query[name] = value;
  }
  const [name, part] = [context.req.param("name") ?? "", context.req.param("part") ?? ""];
  if (name.length > LIMITS.surfaceNameCharactersMax || part.length > LIMITS.surfaceNameCharactersMax)
    return refuse(refusal("surface/nothing-there", { what: "name of", name: "so many characters" }));
  const after = countIn(query["after"] ?? "0");
  const limit = countIn(query["limit"] ?? String(LIMITS.surfacePageDefault));
  if (after === undefined) return wrong("after", "is no number");
  if (limit === undefined || limit < 1 || limit > LIMITS.surfacePageMax)
    return wrong("limit", `is no number from 1 to ${LIMITS.surfacePageMax}`);
  return ok({ name, part, query, page: { after, limit } });
};

const countIn = (text: string): number | undefined => (/^\d{1,15}$/.test(text) ? Number(text) : undefined);

const wrong = (name: string, problem: string): Result<never, Refusal> =>
  refuse(refusal("surface/wrong-parameter", { name, problem }));
