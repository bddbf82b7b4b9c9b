import path from "node:path";

import { ratio, timed } from "./measure.ts";

const ROUNDS = 15;

/** `cto --help` against a Node that does nothing. */
export const help = async (): Promise<boolean> => {
  const bin = path.join(import.meta.dirname, "..", "bin", "cto.mjs");
  timed(2, process.execPath, [bin, "--help"]);
  const bare = timed(ROUNDS, process.execPath, ["-e", "0"]);
  const ours = timed(ROUNDS, process.execPath, [bin, "--help"]);
  return Promise.resolve(ratio("cto --help", ours, bare, 1.6));
};
