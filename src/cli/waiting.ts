import type { CliContext, CommonFlags } from "./context.ts";

/** On a terminal, one line that says what is waited for, and goes away when it is over. */
export const waiting = (
  { process: { stderr } }: CliContext,
  { quiet, json }: CommonFlags,
  what: string,
): (() => void) => {
  if (quiet || json || !stderr.isTTY) return () => undefined;
  stderr.write(`${what} ...`);
  return () => stderr.write("\r\u001B[2K");
};
