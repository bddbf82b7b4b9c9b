import { setTimeout as wait } from "node:timers/promises";

import { LIMITS } from "../workflow/limits.ts";

/** Closes what a command opened. A server that answers nothing any more is not waited for. */
export const closing = async (closed: Promise<void>): Promise<void> => {
  await Promise.race([closed, wait(LIMITS.closeMs, undefined, { ref: false })]);
};

/** The process ends with this code, soon also where connections that nobody answers are still open. */
export const leaveWith = (code: number): void => {
  process.exitCode = code;
  setTimeout(() => process.exit(), LIMITS.closeMs).unref();
};
