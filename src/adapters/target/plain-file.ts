import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";

import { Failure } from "../../workflow/failure.ts";

/** Content of a plain file, or why there is none. A link is not followed, a FIFO not waited for. */
export type PlainFile =
  | { readonly is: "plain"; readonly bytes: Uint8Array }
  | { readonly is: "absent" | "not-plain" | "too-large" };

export const readPlainFile = (path: string | Buffer, bytesMax: number): PlainFile => {
  const file = openPlain(path);
  if (typeof file === "string") return { is: file };
  try {
    const stat = fstatSync(file);
    if (!stat.isFile()) return { is: "not-plain" };
    const bytes = Buffer.alloc(Math.min(stat.size, bytesMax) + 1);
    let total = 0;
    while (total < bytes.length) {
      const count = readSync(file, bytes, total, bytes.length - total, null);
      if (count === 0) break;
      total += count;
    }
    return total > bytesMax ? { is: "too-large" } : { is: "plain", bytes: bytes.subarray(0, total) };
  } finally {
    closeSync(file);
  }
};

const openPlain = (path: string | Buffer): number | "absent" | "not-plain" => {
  try {
    return openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (cause) {
    const code = codeOf(cause);
    if (code === "ENOENT" || code === "ENOTDIR") return "absent";
    if (code === "ELOOP" || code === "ENXIO" || code === "ENODEV") return "not-plain";
    throw new Failure("target/unreadable", `${String(path)}: ${code}`, { cause });
  }
};

export const codeOf = (cause: unknown): string =>
  cause instanceof Error && "code" in cause && typeof cause.code === "string" ? cause.code : String(cause);
