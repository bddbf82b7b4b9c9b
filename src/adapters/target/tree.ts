import { parseOid, type Oid } from "../../workflow/ids.ts";
import { LIMITS } from "../../workflow/limits.ts";
import { gitLike } from "./git-like.ts";
import { DamagedObject, readObjects } from "./objects.ts";
import { pathName, shown, type PathName } from "./path-name.ts";

export interface TreeEntry extends PathName {
  readonly raw: Buffer;
  readonly mode: "100644" | "100755" | "120000" | "040000" | "160000";
  readonly oid: Oid;
}

/** A tree object and the path of the folder that it is. */
export interface TreePlace {
  readonly prefix: Buffer;
  readonly oid: Oid;
}

/** Every entry of a tree, folders before what they hold. Each tree object is digested anew and its names are plain. */
export const readTree = (gitDir: string, tree: Oid): Promise<readonly TreeEntry[]> =>
  readTreesBelow(gitDir, [{ prefix: Buffer.alloc(0), oid: tree }]);

/** The same of several folders of one tree at once, each entry under its whole path. */
export const readTreesBelow = async (gitDir: string, roots: readonly TreePlace[]): Promise<readonly TreeEntry[]> => {
  const all: TreeEntry[] = [];
  let level = roots;
  for (let depth = 1; level.length > 0; depth += 1) {
    const [first] = roots;
    if (depth > LIMITS.manifestDepthMax) throw new DamagedObject(first?.oid ?? "", "its folders are too deep");
    const entries = (await readFolders(gitDir, level)).flat();
    for (const entry of entries) all.push(entry);
    if (all.length > LIMITS.manifestEntriesMax) throw new DamagedObject(first?.oid ?? "", "it holds too many entries");
    level = entries.filter(({ mode }) => mode === "040000").map(({ raw, oid }) => ({ prefix: raw, oid }));
  }
  return all.sort((a, b) => Buffer.compare(a.raw, b.raw));
};

/** What lies directly in each of these folders, in their order. */
export const readFolders = async (
  gitDir: string,
  places: readonly TreePlace[],
): Promise<readonly (readonly TreeEntry[])[]> => {
  const objects = await readObjects(gitDir, new Set(places.map(({ oid }) => oid)), "tree");
  return places.map(({ prefix, oid }) => entriesOf(oid, prefix, objects.get(oid) ?? Buffer.alloc(0)));
};

const entriesOf = (tree: Oid, prefix: Buffer, content: Buffer): TreeEntry[] => {
  const entries: TreeEntry[] = [];
  const names = new Set<string>();
  for (let at = 0; at < content.length;) {
    const space = content.indexOf(0x20, at);
    const end = content.indexOf(0, space);
    const mode = modeOf(content.toString("latin1", at, Math.max(space, at)));
    const oid = parseOid(content.toString("hex", end + 1, end + 21));
    if (space < 0 || end < 0 || mode === undefined || oid === undefined) {
      throw new DamagedObject(tree, "it is not a tree of plain modes");
    }
    const name = content.subarray(space + 1, end);
    const bytes = name.toString("latin1");
    if (names.has(bytes) || !isPlainName(name)) {
      throw new DamagedObject(tree, `it holds the name ${shown(pathName(name).path)}`);
    }
    names.add(bytes);
    const raw = prefix.length === 0 ? name : Buffer.concat([prefix, Buffer.from("/"), name]);
    if (raw.length > LIMITS.manifestPathBytesMax) throw new DamagedObject(tree, "a path in it is too long");
    entries.push({ raw, ...pathName(raw), mode, oid });
    at = end + 21;
  }
  return entries;
};

const isPlainName = (name: Buffer): boolean => {
  const text = name.toString("latin1");
  return text !== "" && text !== "." && text !== ".." && !text.includes("/") && !gitLike(pathName(name).path);
};

const modeOf = (text: string): TreeEntry["mode"] | undefined => {
  if (text === "40000") return "040000";
  return text === "100644" || text === "100755" || text === "120000" || text === "160000" ? text : undefined;
};
