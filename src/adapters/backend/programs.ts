import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

/** Our own programs that run inside the sandbox: plain JavaScript without dependencies, copied beside this file by the build. */
export type ProgramName = "hand.mjs" | "replay-agent.mjs" | "scripted-agent.mjs" | "tool-pipe.mjs";

export const programBytes = (name: ProgramName): Promise<Uint8Array> =>
  readFile(fileURLToPath(new URL(`./programs/${name}`, import.meta.url)));

/** Where it is laid inside. */
export const insidePath = (name: ProgramName): string => `/opt/cto/${name}`;
