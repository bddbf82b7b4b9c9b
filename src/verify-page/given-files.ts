import { webVerifyTools } from "../verifier/web-tools.ts";
import type { BundleContent, DigestedFile, OddEntry } from "../workflow/evidence/verify/reading.ts";
import { heldFile, readTar, type FileTaker } from "../workflow/evidence/verify/tar.ts";
import { LIMITS } from "../workflow/limits.ts";

/** What somebody chose or dropped, read whole. */
export interface Given {
  readonly name: string;
  readonly kind: "folder" | "tar";
  readonly files: BundleContent;
  readonly odd: readonly OddEntry[];
}

/** A browser digests a file only as a whole; what is larger needs `cto verify`. */
export class TooLarge extends Error {}

const FILE_BYTES_MAX = 1_073_741_824;

export interface NamedFile {
  readonly path: string;
  readonly file: File;
}

/** A chosen folder: the first part of each path is the folder's own name. */
export const fromFolder = async (files: readonly NamedFile[]): Promise<Given> => {
  const [first] = files;
  const top = first?.path.split("/")[0] ?? "";
  if (files.length > LIMITS.bundleFilesMax) throw new TooLarge(`The folder has ${files.length} files.`);
  const read = new Map<string, Uint8Array | DigestedFile>();
  for (const { path, file } of files) read.set(path.slice(top.length + 1), await contentOf(file));
  const odd = top.startsWith(".partial-") ? [{ name: top, why: "the folder was never sealed" }] : [];
  return { name: top, kind: "folder", files: read, odd };
};

export const fromTar = async (file: File): Promise<Given> => {
  const { files, odd } = await readTar(piecesOf(file), (size) => {
    guard(file.name, size);
    return size > LIMITS.bundleHeldFileBytesMax ? digestedLater() : heldFile();
  });
  return { name: file.name, kind: "tar", files, odd };
};

/** The files below what was dropped; a browser tells of no links and no empty folders. */
export const dropped = async (items: DataTransferItemList): Promise<readonly NamedFile[] | File> => {
  const [entry] = [...items].flatMap((item) => item.webkitGetAsEntry() ?? []);
  if (entry === undefined) return [];
  if (isFile(entry)) return fileOf(entry);
  return isFolder(entry) ? walk(entry) : [];
};

const contentOf = async (file: File): Promise<Uint8Array | DigestedFile> => {
  guard(file.name, file.size);
  const bytes = new Uint8Array(await file.arrayBuffer());
  return bytes.length > LIMITS.bundleHeldFileBytesMax ? digested(bytes) : bytes;
};

const guard = (name: string, size: number): void => {
  if (size > FILE_BYTES_MAX) throw new TooLarge(`${name} has ${size} bytes.`);
};

const digested = async (bytes: Uint8Array): Promise<DigestedFile> => ({
  size: bytes.length,
  sha256: await webVerifyTools.sha256(bytes),
});

const digestedLater = (): FileTaker => {
  const held = heldFile();
  return {
    take: (piece) => held.take(piece),
    done: async () => {
      const bytes = await held.done();
      return bytes instanceof Uint8Array ? digested(bytes) : bytes;
    },
  };
};

async function* piecesOf(file: File): AsyncGenerator<Uint8Array, void, undefined> {
  const reader = file.stream().getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    yield value;
  }
}

const isFile = (entry: FileSystemEntry): entry is FileSystemFileEntry => entry.isFile;
const isFolder = (entry: FileSystemEntry): entry is FileSystemDirectoryEntry => entry.isDirectory;

const fileOf = (entry: FileSystemFileEntry): Promise<File> =>
  new Promise((resolve, reject) => entry.file(resolve, reject));

const DEPTH_MAX = 8;

const walk = async (folder: FileSystemDirectoryEntry, depth: number = 0): Promise<readonly NamedFile[]> => {
  if (depth > DEPTH_MAX) throw new TooLarge(`${folder.fullPath} is nested too deep.`);
  const reader = folder.createReader();
  const found: NamedFile[] = [];
  for (;;) {
    const some = await new Promise<readonly FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (some.length === 0) return found;
    for (const entry of some) {
      if (isFile(entry)) found.push({ path: entry.fullPath.slice(1), file: await fileOf(entry) });
      else if (isFolder(entry)) found.push(...(await walk(entry, depth + 1)));
      if (found.length > LIMITS.bundleFilesMax) throw new TooLarge("The folder has too many files.");
    }
  }
};
