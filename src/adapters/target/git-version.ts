import { Failure } from "../../workflow/failure.ts";
import { git } from "./git.ts";

/** The version of the git that the Harness runs, undefined if none does. */
export const gitVersion = async (): Promise<string | undefined> => {
  try {
    return (await git("/nonexistent", ["version"])).text.replace(/^git version /, "");
  } catch (error) {
    if (error instanceof Failure) return undefined;
    throw error;
  }
};
