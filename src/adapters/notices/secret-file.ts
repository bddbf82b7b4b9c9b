import { constants } from "node:fs";
import { open } from "node:fs/promises";
import path from "node:path";

import { LIMITS } from "../../workflow/limits.ts";
import { refuse, ok, type Result } from "../../workflow/result.ts";

/** The lines of a file that only this user can read; else why it is not used, in words without what stands in it. */
export const readSecretFile = async (stateFolder: string, file: string): Promise<Result<readonly string[], string>> => {
  try {
    const place = path.resolve(stateFolder, file);
    const handle = await open(place, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const { mode, uid, size, isPlain } = await handle
        .stat()
        .then((stat) => ({ mode: stat.mode & 0o7777, uid: stat.uid, size: stat.size, isPlain: stat.isFile() }));
      if (!isPlain) return refuse("its secret file is no plain file");
      if (uid !== process.getuid?.()) return refuse("its secret file belongs to another user");
      if (mode !== 0o600 && mode !== 0o400)
        return refuse(`its secret file has mode ${mode.toString(8).padStart(4, "0")}: chmod 600`);
      if (size > LIMITS.notifySecretBytesMax)
        return refuse(`its secret file has more than ${LIMITS.notifySecretBytesMax} bytes`);
      const text = await handle.readFile("utf8");
      return ok(text.split("\n").filter((line) => line.trim() !== ""));
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (!(error instanceof Error) || !("code" in error)) throw error;
    if (error.code === "ENOENT") return refuse("its secret file is absent");
    if (error.code === "ELOOP") return refuse("its secret file is a link");
    return refuse(`its secret file cannot be read: ${String(error.code)}`);
  }
};

/** Keys of Standard Webhooks: `whsec_` and 24 to 64 bytes in Base64, two of them while one takes the other's place. */
export const readSigningKeys = async (
  stateFolder: string,
  file: string,
): Promise<Result<readonly Uint8Array[], string>> => {
  const lines = await readSecretFile(stateFolder, file);
  if (!lines.ok) return lines;
  const keys = lines.value.map((line) => /^whsec_([A-Za-z0-9+/]{32,88}={0,2})$/.exec(line.trim())?.[1] ?? "");
  const bytes = keys.map((key) => Buffer.from(key, "base64"));
  const isWhole = bytes.every(({ length }, at) => length >= 24 && length <= 64 && isBase64(bytes[at], keys[at]));
  if (!isWhole || bytes.length === 0 || bytes.length > 2)
    return refuse("its secret file holds no line whsec_ with 24 to 64 bytes in Base64, or more than two");
  return ok(bytes);
};

const isBase64 = (bytes: Buffer | undefined, text: string | undefined): boolean => bytes?.toString("base64") === text;
