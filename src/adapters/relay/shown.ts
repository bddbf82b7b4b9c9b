import { LIMITS } from "../../workflow/limits.ts";

/** What came from inside, as it may stand in a line: cut, and whole characters only. */
export const shown = (text: string): string => text.slice(0, LIMITS.attemptTextCharactersMax).toWellFormed();
