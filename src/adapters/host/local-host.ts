import { statfs } from "node:fs/promises";
import path from "node:path";

import type { Host } from "../../seams/host.ts";
import { findProgram } from "./find-program.ts";
import { fingerprint } from "./fingerprint.ts";
import { openRawLogs, readRawLogs } from "./raw-logs.ts";
import { openRedactionLog } from "./redaction-log.ts";

/** This machine, with the state folder of one home. */
export const localHost = (stateFolder: string): Host => {
  const privateOf = (run: string): string => path.join(stateFolder, "private", run);
  return {
    findProgram,
    fingerprint,
    openRawLogs: (run, attempt, bytesMax) => openRawLogs(privateOf(run), attempt, bytesMax),
    openRedactionLog: (run) => openRedactionLog(privateOf(run)),
    readRawLogs: (run) => Promise.resolve(readRawLogs(privateOf(run))),
    diskFree: async () => {
      const { bavail, bsize } = await statfs(stateFolder);
      return bavail * bsize;
    },
  };
};
