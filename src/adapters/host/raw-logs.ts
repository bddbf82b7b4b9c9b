import { appendFileSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";

import type { RawLogs } from "../../seams/host.ts";

/** Every attempt has its own folder: the logs of a broken one stay beside those of the next. */
export const openRawLogs = (privateFolder: string, attempt: number, bytesMax: number): RawLogs => {
  const folder = path.join(privateFolder, "backend", String(attempt));
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const sizes = new Map<string, number>();
  return {
    keep: (log, bytes) => {
      const name = path.basename(log);
      const size = sizes.get(name) ?? 0;
      if (size >= bytesMax) return;
      appendFileSync(path.join(folder, name), bytes.subarray(0, bytesMax - size), { mode: 0o600 });
      sizes.set(name, size + bytes.length);
    },
  };
};

/** The logs of every attempt, by their name in the bundle: `backend/<log>`, earlier attempts as `backend/attempt-N/<log>`. */
export const readRawLogs = (privateFolder: string): ReadonlyMap<string, Uint8Array> => {
  const root = path.join(privateFolder, "backend");
  const attempts = namesIn(root)
    .map(Number)
    .sort((a, b) => a - b);
  const last = attempts.at(-1);
  return new Map(
    attempts.flatMap((attempt) =>
      namesIn(path.join(root, String(attempt))).map((log): [string, Uint8Array] => [
        attempt === last ? `backend/${log}` : `backend/attempt-${attempt}/${log}`,
        readFileSync(path.join(root, String(attempt), log)),
      ]),
    ),
  );
};

const namesIn = (folder: string): readonly string[] => {
  try {
    return readdirSync(folder).sort();
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
    throw error;
  }
};
