import { randomUUID } from "node:crypto";
import { link, open, rm } from "node:fs/promises";
import path from "node:path";

import { tarEnd, tarHeader, tarPadding } from "../../workflow/evidence/ustar.ts";
import { Failure } from "../../workflow/failure.ts";
import {
  BACKUP_MANIFEST,
  backupText,
  contentName,
  contentsOf,
  type BackupFile,
  type HomeBackup,
} from "../../workflow/home-backup.ts";
import { isErrno, unreadable } from "./beneath.ts";

/** One tar at a place where nothing is yet: the manifest, then each content. All of it, on disk, or no file at all. */
export const writeBackup = async (
  file: string,
  backup: HomeBackup,
  bytesOf: (file: BackupFile) => AsyncIterable<Uint8Array>,
): Promise<{ readonly bytes: number }> => {
  const fresh = `${file}.${randomUUID()}.unfinished`;
  try {
    const handle = await open(fresh, "wx", 0o600);
    let bytes = 0;
    try {
      for await (const piece of tarOf(backup, bytesOf)) {
        await handle.writeFile(piece);
        bytes += piece.length;
      }
      await handle.sync();
    } finally {
      await handle.close();
    }
    await link(fresh, file);
    const folder = await open(path.dirname(file), "r");
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
    return { bytes };
  } catch (error) {
    if (isErrno(error, "EEXIST")) throw new Failure("backup/place-taken", `${file} is there already.`);
    throw unreadable(file, error);
  } finally {
    await rm(fresh, { force: true });
  }
};

async function* tarOf(
  backup: HomeBackup,
  bytesOf: (file: BackupFile) => AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  const manifest = new TextEncoder().encode(backupText(backup));
  yield tarHeader({ path: BACKUP_MANIFEST, size: manifest.length });
  yield manifest;
  yield tarPadding(manifest.length);
  for (const content of contentsOf(backup)) {
    yield tarHeader({ path: contentName(content.sha256), size: content.size });
    yield* bytesOf(content);
    yield tarPadding(content.size);
  }
  yield tarEnd();
}
