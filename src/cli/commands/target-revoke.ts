import type { Act } from "../command.ts";
import { takeAway } from "../remove-admission.ts";

/** `cto target revoke ID --reason T`: final for this record. */
export const act: Act<{ readonly reason: string }, [string]> = (context, flags, given) =>
  takeAway(context, flags, given, "revoked");
