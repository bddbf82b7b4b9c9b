import type { Answer } from "./answer.ts";
import { EXIT } from "./exit-code.ts";

/** An argument that names nothing, or a flag that is missing: exit 2, one sentence, one next step. */
export const usageError = (says: string, next: string): Answer => ({
  noun: "usage",
  exit: EXIT.usage,
  data: { usage: { message: says, next } },
  text: "",
  story: `usage     ${says}\nnext      ${next}`,
});
