import { statSync } from "node:fs";
import path from "node:path";

/**
 * What root puts before a command so that an ordinary user finds a folder at its own path, also below one that is closed to
 * him: in mounts of its own, that one is empty but for the way to it. Nothing where he can walk there anyway.
 */
export const showing = (folder: string): readonly string[] => {
  const closed = foldersAbove(folder).find((place) => (statSync(place).mode & 0o005) !== 0o005);
  if (closed === undefined) return [];
  const script = ["/bin/bash", "--norc", "--noprofile", "-c", SCRIPT, "sh", folder, closed];
  return ["/usr/bin/unshare", "--mount", "--propagation", "private", "--", ...script];
};

const SCRIPT = `set -eu; mount --bind "$1" /mnt; mount -t tmpfs -o mode=0755 shown "$2"; mkdir -p "$1"; mount --bind /mnt "$1"
umount /mnt; shift 2; exec "$@"`;

/** From the root down, the folder itself not among them. */
const foldersAbove = (folder: string): readonly string[] => {
  const parts = path.resolve(folder).split("/").filter(Boolean);
  return parts.map((_, at) => `/${parts.slice(0, at).join("/")}`);
};
