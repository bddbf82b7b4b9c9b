import { constants } from "node:fs";
import { open, type FileHandle } from "node:fs/promises";

import type { Sent } from "../../seams/notices.ts";

/** Appends lines to the file of notices: after it, all of them stand there, or it is as long as it was. */
export const appendLines = async (file: string, lines: readonly string[]): Promise<Sent> => {
  try {
    const handle = await open(file, FLAGS, 0o600);
    try {
      return await appendTo(handle, Buffer.from(lines.map((line) => `${line}\n`).join("")));
    } finally {
      await handle.close();
    }
  } catch (error) {
    return failed(error);
  }
};

// A link would lead the notices elsewhere; a pipe would hold the writer.
const FLAGS = constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW | constants.O_NONBLOCK;

const appendTo = async (handle: FileHandle, bytes: Uint8Array): Promise<Sent> => {
  const { size, isPlain } = await handle.stat().then((stat) => ({ size: stat.size, isPlain: stat.isFile() }));
  if (!isPlain) return { kind: "failed", problem: "notices.jsonl is no plain file" };
  const start = await endOfLines(handle, size);
  try {
    let written = 0;
    while (written < bytes.length)
      written += (await handle.write(bytes, written, bytes.length - written, start + written)).bytesWritten;
    await handle.truncate(start + bytes.length);
    await handle.datasync();
    return { kind: "sent" };
  } catch (error) {
    await handle.truncate(start);
    return failed(error);
  }
};

/** Where whole lines end: what a process that died in the middle left behind it is written over. */
const endOfLines = async (handle: FileHandle, size: number): Promise<number> => {
  const piece = new Uint8Array(4096);
  let end = size;
  while (end > 0) {
    const from = Math.max(0, end - piece.length);
    const { bytesRead } = await handle.read(piece, 0, end - from, from);
    const at = piece.subarray(0, bytesRead).lastIndexOf(LF);
    if (at >= 0) return from + at + 1;
    end = from;
  }
  return 0;
};

const LF = 0x0a;

const failed = (error: unknown): Sent => {
  if (!(error instanceof Error) || !("code" in error)) throw error;
  const problem = PROBLEMS[String(error.code)] ?? `it cannot be written: ${String(error.code)}`;
  return { kind: "failed", problem: `notices.jsonl: ${problem}` };
};

const PROBLEMS: Readonly<Record<string, string>> = {
  ENOSPC: "no space left",
  EDQUOT: "no space left",
  EFBIG: "it would be larger than a file may be",
  ELOOP: "a link stands in its place",
  EISDIR: "a folder stands in its place",
};
