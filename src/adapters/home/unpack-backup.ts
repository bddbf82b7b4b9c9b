import { createHash } from "node:crypto";
import { constants, writeSync } from "node:fs";
import { chmod, copyFile, mkdir, open, readdir } from "node:fs/promises";
import path from "node:path";

import type { Digest } from "../../workflow/digest.ts";
import { tarHeader } from "../../workflow/evidence/ustar.ts";
import { BLOCK } from "../../workflow/evidence/verify/tar-header.ts";
import { tarSource, type TarSource } from "../../workflow/evidence/verify/tar-source.ts";
import { Failure } from "../../workflow/failure.ts";
import {
  BACKUP_MANIFEST,
  contentName,
  contentsOf,
  HOME_ID_FILE,
  modeAt,
  readBackup,
  type BackupFile,
  type HomeBackup,
} from "../../workflow/home-backup.ts";
import { LIMITS } from "../../workflow/limits.ts";
import { unreadable } from "./beneath.ts";

/**
 * Unpacks a backup into an empty folder of ours. The manifest says what has to come, and every block of the tar is held
 * to it: another entry, kind, order, size, digest, a link or bytes behind the end are Failure `backup/altered`.
 */
export const unpackBackup = async (file: string, into: string): Promise<HomeBackup> => {
  try {
    const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      if (!(await handle.stat()).isFile()) throw altered(file, "is no plain file");
      return await unpack(file, tarSource(piecesOf(handle.createReadStream(STREAM))), into);
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw unreadable(file, error);
  }
};

const STREAM = { highWaterMark: 1_048_576, autoClose: false } as const;

const unpack = async (file: string, source: TarSource, into: string): Promise<HomeBackup> => {
  const backup = await manifestIn(file, source);
  const places = Map.groupBy(backup.files, ({ sha256 }) => sha256);
  for (const content of contentsOf(backup)) await unpackOne(file, source, into, content, places);
  const end = await source.exactly(2 * BLOCK);
  if (end?.every((byte) => byte === 0) !== true || (await source.exactly(1)) !== undefined)
    throw altered(file, "does not end where it has to");
  await makeAsSealed(path.join(into, ".cto/runs"));
  return backup;
};

const manifestIn = async (file: string, source: TarSource): Promise<HomeBackup> => {
  const header = await source.exactly(BLOCK);
  const size = Number.parseInt(Buffer.from(header?.subarray(124, 135) ?? []).toString("latin1"), 8);
  if (header === undefined || !Number.isSafeInteger(size) || size < 0 || size > LIMITS.backupManifestBytesMax)
    throw altered(file, "does not begin as a backup does");
  if (!isHeader(header, BACKUP_MANIFEST, size)) throw altered(file, "does not begin as a backup does");
  const content = await source.content(size);
  if (content === undefined) throw altered(file, "is cut short in its manifest");
  const read = readBackup(content);
  if (!read.ok) throw altered(file, `has a manifest that is none: ${read.refusals[0]}`);
  return read.value;
};

const unpackOne = async (
  file: string,
  source: TarSource,
  into: string,
  { sha256, size }: BackupFile,
  places: ReadonlyMap<Digest, readonly BackupFile[]>,
): Promise<void> => {
  const header = await source.exactly(BLOCK);
  if (header === undefined || !isHeader(header, contentName(sha256), size))
    throw altered(file, `has something else where the content ${sha256} has to be`);
  const [first, ...others] = places.get(sha256) ?? [];
  if (first === undefined) throw new TypeError("every content has a place");
  const place = placeIn(into, first.path);
  await makeFolders(into, first.path);
  const handle = await open(place, "wx", 0o600);
  try {
    const hash = createHash("sha256");
    const isWhole = await source.through(size, (piece) => {
      hash.update(piece);
      for (let at = 0; at < piece.length;) at += writeSync(handle.fd, piece, at);
    });
    if (!isWhole || hash.digest("hex") !== sha256) throw altered(file, `has another content than ${sha256}`);
    await handle.chmod(modeAt(first.path) ?? 0o600);
    await handle.sync();
  } finally {
    await handle.close();
  }
  for (const other of others) {
    await makeFolders(into, other.path);
    await copyFile(place, placeIn(into, other.path), constants.COPYFILE_EXCL);
    const copy = await open(placeIn(into, other.path), "r");
    try {
      await copy.chmod(modeAt(other.path) ?? 0o600);
      await copy.sync();
    } finally {
      await copy.close();
    }
  }
};

/** Where the home id lies until everything was verified: without one a folder is no home. */
export const WITHHELD_ID: string = `${HOME_ID_FILE}.withheld`;

const placeIn = (into: string, file: string): string => path.join(into, file === HOME_ID_FILE ? WITHHELD_ID : file);

const isHeader = (header: Uint8Array, name: string, size: number): boolean =>
  Buffer.compare(header, tarHeader({ path: name, size })) === 0;

const makeFolders = async (into: string, place: string): Promise<void> => {
  const mode = place.startsWith(".cto/") ? 0o700 : 0o755;
  await mkdir(path.join(into, path.dirname(place)), { recursive: true, mode });
};

/** Folders of sealed bundles are written in no more. */
const makeAsSealed = async (runs: string): Promise<void> => {
  const entries = await readdir(runs, { withFileTypes: true }).catch(() => []);
  for (const entry of entries)
    if (entry.isDirectory() && !entry.name.endsWith(".addenda")) await closeFolders(path.join(runs, entry.name));
};

const closeFolders = async (folder: string): Promise<void> => {
  for (const entry of await readdir(folder, { withFileTypes: true }))
    if (entry.isDirectory()) await closeFolders(path.join(folder, entry.name));
  await chmod(folder, 0o555);
};

async function* piecesOf(stream: AsyncIterable<unknown>): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const piece of stream) if (piece instanceof Uint8Array) yield piece;
}

const altered = (file: string, says: string): Failure => new Failure("backup/altered", `${file} ${says}.`);
