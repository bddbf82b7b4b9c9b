import { z } from "zod";

import type { Holder } from "../../seams/store.ts";

const form: z.ZodType<Holder> = z.strictObject({
  pid: z.int(),
  pidStart: z.string(),
  bootId: z.string(),
  host: z.string(),
});

/** Who holds something, as it lies in a row; undefined for what nobody here wrote. */
export const readHolder = (text: string): Holder | undefined => {
  try {
    return form.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
};
