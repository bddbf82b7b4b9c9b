import { LIMITS } from "../../workflow/limits.ts";
import { nearest } from "../../workflow/nearest.ts";
import { visible } from "../../workflow/visible-text.ts";
import type { Act } from "../command.ts";
import { propose } from "../completion/propose.ts";
import { SHELL_FORMS, SHELLS } from "../completion/shells.ts";
import { EXIT } from "../exit-code.ts";
import { usageError } from "../usage-error.ts";

/** `cto completion SHELL`: the script; with words behind it, what may stand in the place of the last one. */
export const act: Act<object, string[]> = async (context, _flags, given, ...words) => {
  const shell = SHELLS.find((each) => each === given);
  if (shell === undefined) {
    const [near = "bash"] = nearest(given ?? "", SHELLS);
    const what = given === undefined ? "SHELL is needed" : `${visible(given)} is no shell that is known`;
    return usageError(`${what}: ${SHELLS.join(", ")}`, `cto completion ${near}`);
  }
  const { script, word, lines } = SHELL_FORMS[shell];
  const noun = "completion";
  if (words.length === 0) return { noun, exit: EXIT.done, data: { shell, script }, text: script.trimEnd() };
  // Whoever typed a tab waits: a server that does not answer is left to the commands that need it.
  const patience = setTimeout(() => context.abandon(EXIT.done), LIMITS.proposalsWaitMs);
  try {
    const found = await propose(words.map(word), context);
    return { noun, exit: EXIT.done, data: { shell, ...found }, text: lines(found).join("\n") };
  } finally {
    clearTimeout(patience);
  }
};
