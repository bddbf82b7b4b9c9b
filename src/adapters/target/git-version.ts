import { git } from "./git.ts";

/** The version of the git that the Harness runs; a Failure if none does. */
export const gitVersion = async (): Promise<string> =>
  (await git("/nonexistent", ["version"])).text.replace(/^git version /, "");
