import { constants } from "node:fs";
import { lstat, mkdtemp, open, opendir, rm, rmdir, unlink, writeFile, type FileHandle } from "node:fs/promises";

import { z } from "zod";

import type { Holder } from "../../seams/store.ts";
import { Failure } from "../../workflow/failure.ts";
import { LIMITS } from "../../workflow/limits.ts";
import { readStrictJson } from "../../workflow/strict-json.ts";

/** Which process this is, and how another one is proven dead. */
export interface Life {
  readonly self: Holder;
  readonly isAlive: (holder: Holder) => boolean;
}

/** A folder for the sockets of one relay below another: only its owner may enter it, and it says whose it is. */
export const relayFolder = async (above: string, { self }: Life): Promise<string> => {
  // The folder keeps other users out; inside, a socket is reached through a bind by the uid of the run.
  const folder = await mkdtemp(`${above}/${PREFIX}`);
  if (Buffer.byteLength(`${folder}/connect.sock`) > LIMITS.relaySocketPathBytesMax) {
    await rm(folder, { recursive: true });
    throw new Failure("relay/path-too-long", `${above} is too long a path for a socket.`);
  }
  await writeFile(`${folder}/${OWNER}`, JSON.stringify(self), { mode: 0o600, flag: "wx" });
  return folder;
};

/**
 * Removes what relays left behind whose process was killed. Anybody may write where they lie, so only a real folder of
 * our own that nobody else may enter counts, it is held by its descriptor, and no more than what a relay makes is taken
 * out of it. One whose owner is not proven dead stays, and so does whatever cannot be read.
 */
export const sweepRelayFolders = async (above: string, life: Life): Promise<void> => {
  let looked = 0;
  for await (const { name } of await opendir(above)) {
    looked += 1;
    if (looked > LIMITS.relaySweepEntriesMax) return;
    if (NAME.test(name)) await sweepOne(`${above}/${name}`, life).catch(ignoreGone);
  }
};

const PREFIX = "cto-relay-";
const NAME = /^cto-relay-[A-Za-z0-9]{6}$/;
const OWNER = "owner";
const OWNER_BYTES_MAX = 1024;

const sweepOne = async (folder: string, { self, isAlive }: Life): Promise<void> => {
  const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW } = constants;
  const held = await open(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  try {
    const { uid, mode } = await held.stat();
    if (uid !== process.geteuid?.() || (mode & 0o777) !== 0o700) return;
    const inside = `/proc/self/fd/${held.fd}`;
    const owner = await ownerIn(inside);
    // What another host or pid namespace calls by this number is not known here.
    if (owner === undefined || owner.host !== self.host || isAlive(owner)) return;
    // The owner's name last: a sweep that is broken off is taken up by the next one.
    for (const name of ["model.sock", "connect.sock", OWNER]) await unlink(`${inside}/${name}`).catch(ignoreGone);
    await rmdir(folder);
  } finally {
    await held.close();
  }
};

const holder = z.strictObject({ pid: z.int().positive(), pidStart: z.string(), bootId: z.string(), host: z.string() });

const ownerIn = async (folder: string): Promise<Holder | undefined> => {
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
  const path = `${folder}/${OWNER}`;
  if (!(await lstat(path)).isFile()) return undefined;
  const file = await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  try {
    const read = readStrictJson(await firstBytes(file), OWNER_BYTES_MAX, holder);
    return read.ok ? read.value : undefined;
  } finally {
    await file.close();
  }
};

const firstBytes = async (file: FileHandle): Promise<Uint8Array> => {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(OWNER_BYTES_MAX + 1), 0, OWNER_BYTES_MAX + 1, 0);
  return buffer.subarray(0, bytesRead);
};

// Somebody else's, no folder, not empty, or gone a moment ago: it is left as it is.
const ignoreGone = (error: unknown): void => {
  if (!(error instanceof Error && "code" in error)) throw error;
};
