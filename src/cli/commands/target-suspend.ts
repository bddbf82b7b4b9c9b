import type { Act } from "../command.ts";
import { takeAway } from "../remove-admission.ts";

/** `cto target suspend ID --reason T`: takes effect at the next check, also of a running run. */
export const act: Act<{ readonly reason: string }, [string]> = (context, flags, given) =>
  takeAway(context, flags, given, "suspended");
