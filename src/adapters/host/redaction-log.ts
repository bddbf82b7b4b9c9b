import { appendFileSync, chmodSync, mkdirSync, readFileSync } from "node:fs";
import path from "node:path";

import type { Host } from "../../seams/host.ts";

/** `.cto/private/<run>/redactions.jsonl`: made with the first line; only its owner may read it, or the folder around it. */
export const openRedactionLog = (privateFolder: string): ReturnType<Host["openRedactionLog"]> => {
  const file = path.join(privateFolder, "redactions.jsonl");
  const kept = textOf(file);
  let isMade = false;
  return {
    // A line that a kill cut short was told to nobody.
    kept: kept.split("\n").slice(0, -1),
    keep: (line) => {
      if (!isMade) {
        mkdirSync(privateFolder, { recursive: true, mode: 0o700 });
        chmodSync(privateFolder, 0o700);
        if (kept !== "" && !kept.endsWith("\n")) appendFileSync(file, "\n", { mode: 0o600 });
        isMade = true;
      }
      appendFileSync(file, `${line}\n`, { mode: 0o600, flush: true });
      chmodSync(file, 0o600);
    },
  };
};

const textOf = (file: string): string => {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return "";
    throw error;
  }
};
