import { parseEnv } from "node:util";

import { withoutSwitches } from "../harness/reading/without-switches.ts";
import { LIMITS } from "../workflow/limits.ts";
import { visible } from "../workflow/visible-text.ts";
import type { Answer } from "./answer.ts";
import { isBytes, readGiven } from "./given-file.ts";
import { usageError } from "./usage-error.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The environment that a file of `NAME=value` lines makes of this one, as systemd's EnvironmentFile: none of the switches
 * of this process stays beside those of the file. A line that says something else is a usage error that names it.
 */
export const readSwitchesFile = async (
  { cwd, env }: { readonly cwd: string; readonly env: Environment },
  given: string,
): Promise<{ readonly environment: Environment } | { readonly no: Answer }> => {
  const read = await readGiven(cwd, given, LIMITS.switchesFileBytesMax, "ours alone");
  if (!isBytes(read)) return { no: read };
  const no = (why: string): { readonly no: Answer } => ({
    no: usageError(`${visible(given)} ${why}`, "write NAME=value lines, as cto worker --help says"),
  });
  if (read.length > LIMITS.switchesFileBytesMax) return no("is too long");
  const text = new TextDecoder().decode(read);
  const wrong = text.split("\n").findIndex((line) => !/^\s*(?:$|#|[A-Za-z_]\w*=)/.test(line));
  if (wrong !== -1) return no(`says no NAME=value in line ${wrong + 1}`);
  return { environment: { ...withoutSwitches(env), ...parseEnv(text) } };
};
