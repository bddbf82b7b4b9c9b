import { listAt, textAt } from "./loose.ts";

/** The mode that a `session/update` says the agent is in; undefined where it says nothing of modes. */
export const modeIn = (update: unknown): string | undefined => {
  const kind = textAt(update, "sessionUpdate");
  if (kind === "current_mode_update") return textAt(update, "currentModeId") ?? "";
  return kind === "config_option_update" ? modeOption(update) : undefined;
};

/** The mode in which a session was opened, by the answer to `session/new`. */
export const openedMode = (result: unknown): string | undefined =>
  textAt(result, "modes", "currentModeId") ?? modeOption(result);

/** The modes that the answer to `session/new` offers. */
export const offeredModes = (result: unknown): readonly string[] =>
  listAt(result, "modes", "availableModes").flatMap((mode) => textAt(mode, "id") ?? []);

// Agents that have options of a session show their mode among them as well, and some change it only there.
const modeOption = (holder: unknown): string | undefined =>
  listAt(holder, "configOptions").flatMap((option) =>
    textAt(option, "id") === "mode" ? (textAt(option, "currentValue") ?? []) : [],
  )[0];
