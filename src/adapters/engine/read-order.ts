import { z } from "zod";

import type { RunOrder } from "../../seams/engine.ts";
import { Failure } from "../../workflow/failure.ts";
import { parseRunId, workId } from "../../workflow/ids.ts";

const form = z.tuple([
  z.strictObject({
    run: z.string().transform(parseRunId),
    kind: z.enum(["execute", "finalize", "rollback"]),
    work: z.string().transform(workId),
    target: z.string(),
    site: z.string(),
    priority: z.int().nonnegative(),
    // Nobody was named in orders of before there were owners.
    owner: z.string().default(""),
  }),
]);

/** An order as it was laid into the database; Failure `engine/unreadable` for what nobody here laid there. */
export const readOrder = (input: unknown): RunOrder => {
  const read = form.safeParse(input);
  if (!read.success || read.data[0].run === undefined || read.data[0].work === undefined)
    throw new Failure("engine/unreadable", "The engine's database holds an order that is none.");
  const [{ run, work, ...rest }] = read.data;
  return { ...rest, run, work };
};
