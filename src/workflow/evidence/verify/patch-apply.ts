import { assertNever } from "../../assert-never.ts";
import { LIMITS } from "../../limits.ts";
import { applyDelta, binaryContent } from "./binary-patch.ts";
import { joined, sameBytes } from "./bytes.ts";
import { isFolder, objectId, readTree, writeTree, type TreeEntry } from "./git-objects.ts";
import type { GitObject } from "./git-pack.ts";
import { PatchProblem, type FilePatch, type Hunk } from "./patch-parse.ts";
import type { VerifyTools } from "./tools.ts";

const NO_BLOB = "0".repeat(40);
const DEPTH_MAX = 64;

/** The id of the tree that the patch makes of a base tree. Exact or not at all: no offset, no fuzz, every id compared. */
export const patchedTree = async (
  tools: VerifyTools,
  objects: ReadonlyMap<string, GitObject>,
  baseTree: string,
  files: readonly FilePatch[],
): Promise<string> => {
  const edits = new Map<string, TreeEntry | "deleted">();
  const trees = treesIn(objects);
  const spend = spender();
  for (const file of files) {
    if (edits.has(file.path)) throw new PatchProblem(`${file.path} is patched twice`);
    const was = entryAt(trees, baseTree, file.path);
    edits.set(file.path, await editOf({ tools, objects, spend }, was, file));
  }
  return (await editTree(tools, trees, baseTree, edits, 0)) ?? objectId(tools, "tree", new Uint8Array());
};

interface Means {
  readonly tools: VerifyTools;
  readonly objects: ReadonlyMap<string, GitObject>;
  readonly spend: Spend;
}

/** Takes note of bytes that are read or made. @throws PatchProblem when they are too many */
type Spend = (bytes: number) => void;

/** One small old blob, or one small delta, can be named by thousands of files: all of them together have a bound. */
const spender = (): Spend => {
  let left: number = LIMITS.bundleInflatedBytesMax;
  return (bytes) => {
    left -= bytes;
    if (left < 0) throw new PatchProblem("it makes more bytes than are read here");
  };
};

const editOf = async (
  { tools, objects, spend }: Means,
  was: TreeEntry | undefined,
  file: FilePatch,
): Promise<TreeEntry | "deleted"> => {
  const { path, oldMode, newMode, body } = file;
  if ((was === undefined) !== (oldMode === "none"))
    throw new PatchProblem(`${path} is not in the base as the patch says`);
  if (was !== undefined && was.mode !== oldMode) throw new PatchProblem(`${path} has another mode in the base`);
  const name = path.slice(path.lastIndexOf("/") + 1);
  const isModeOnly = file.oldBlob === NO_BLOB && file.newBlob === NO_BLOB;
  if (isModeOnly) {
    if (was === undefined || newMode === "none" || body.kind !== "none") throw new PatchProblem(`${path} has no ids`);
    return { ...was, mode: newMode };
  }
  if ((was?.id ?? NO_BLOB) !== file.oldBlob) throw new PatchProblem(`${path} has other content in the base`);
  const old = was === undefined ? new Uint8Array() : blobOf(objects, was.id, path);
  spend(old.length);
  const made = await contentOf({ tools, objects, spend }, old, file);
  if (newMode === "none") {
    if (made.length > 0 || file.newBlob !== NO_BLOB) throw new PatchProblem(`${path} is not deleted whole`);
    return "deleted";
  }
  const id = await objectId(tools, "blob", made);
  if (id !== file.newBlob) throw new PatchProblem(`${path} comes out with other content than the patch names`);
  return { mode: newMode, name, id };
};

const contentOf = async (
  { tools, spend }: Means,
  old: Uint8Array,
  { body, path, newMode }: FilePatch,
): Promise<Uint8Array> => {
  switch (body.kind) {
    case "none":
      // An empty file made or deleted has no body at all.
      return newMode === "none" ? new Uint8Array() : old;
    case "text":
      return applyHunks(old, body.hunks, path);
    case "binary": {
      spend(body.size);
      const content = await binaryContent(tools, body.lines, body.size);
      return body.form === "literal" ? content : applyDelta(old, content, spend);
    }
    default:
      return assertNever(body);
  }
};

/** By places in the old bytes, never by a list of all their lines: they may be millions. */
const applyHunks = (old: Uint8Array, hunks: readonly Hunk[], path: string): Uint8Array => {
  const made: Uint8Array[] = [];
  let [at, line, madeLines] = [0, 0, 0];
  for (const { oldStart, oldLines, newStart, newLines, lines: body } of hunks) {
    // A hunk without old lines names the line before it; the same for the new ones.
    const start = oldLines === 0 ? oldStart : oldStart - 1;
    const from = at;
    madeLines += start - line;
    for (; line < start && at < old.length; line += 1) at = lineEnd(old, at);
    if (line !== start) throw new PatchProblem(`a hunk of ${path} is out of place`);
    if (madeLines !== (newLines === 0 ? newStart : newStart - 1))
      throw new PatchProblem(`a hunk of ${path} names another place than its own`);
    made.push(old.subarray(from, at));
    for (const { side, bytes } of body) {
      if (side !== "+") {
        const end = lineEnd(old, at);
        if (at === old.length || !sameBytes(old.subarray(at, end), bytes))
          throw new PatchProblem(`a hunk of ${path} does not fit the base`);
        [at, line] = [end, line + 1];
      }
      if (side !== "-") {
        made.push(bytes);
        madeLines += 1;
      }
    }
  }
  made.push(old.subarray(at));
  const parts = made.filter((part) => part.length > 0);
  // What ends without a line feed ends the file: else it would be one line with the next, and a reader be shown two.
  if (parts.slice(0, -1).some((part) => part.at(-1) !== LINE_FEED))
    throw new PatchProblem(`${path} has a line without its end in the middle`);
  return joined(...parts);
};

const LINE_FEED = 0x0a;

/** Behind the line feed of the line that begins here; the last line may have none. */
const lineEnd = (bytes: Uint8Array, from: number): number => {
  const end = bytes.indexOf(LINE_FEED, from);
  return end < 0 ? bytes.length : end + 1;
};

/** The entries of a tree by name. */
type Trees = (id: string) => ReadonlyMap<string, TreeEntry>;

/** Each tree is read once, however many files of the patch lie in it. */
const treesIn = (objects: ReadonlyMap<string, GitObject>): Trees => {
  const read = new Map<string, ReadonlyMap<string, TreeEntry>>();
  return (id) => {
    const known = read.get(id);
    if (known !== undefined) return known;
    const object = objects.get(id);
    const entries = object?.type === "tree" ? readTree(object.bytes) : undefined;
    if (entries === undefined) throw new PatchProblem(`tree ${id} is not in base.pack`);
    const byName = new Map(entries.map((entry) => [entry.name, entry]));
    read.set(id, byName);
    return byName;
  };
};

const blobOf = (objects: ReadonlyMap<string, GitObject>, id: string, path: string): Uint8Array => {
  const object = objects.get(id);
  if (object?.type !== "blob") throw new PatchProblem(`the old content of ${path} is not in base.pack`);
  return object.bytes;
};

const entryAt = (trees: Trees, root: string, path: string): TreeEntry | undefined => {
  const folders = path.split("/");
  if (folders.length > DEPTH_MAX + 1) throw new PatchProblem(`${path} is nested too deep`);
  const name = folders.pop() ?? "";
  let tree = root;
  for (const folder of folders) {
    const entry = trees(tree).get(folder);
    if (entry === undefined || !isFolder(entry.mode)) return undefined;
    tree = entry.id;
  }
  const entry = trees(tree).get(name);
  return entry !== undefined && isFolder(entry.mode) ? undefined : entry;
};

/** Builds only the trees above an edit again; undefined when nothing is left in one. */
const editTree = async (
  tools: VerifyTools,
  trees: Trees,
  tree: string | undefined,
  edits: Edits,
  depth: number,
): Promise<string | undefined> => {
  if (depth > DEPTH_MAX) throw new PatchProblem("a path is nested too deep");
  const entries = new Map(tree === undefined ? [] : trees(tree));
  const here = [...edits].filter(([path]) => !path.includes("/"));
  for (const [name, edit] of here) if (edit === "deleted") entries.delete(name);
  for (const [name, inner] of beneath(edits)) {
    const entry = entries.get(name);
    if (entry !== undefined && !isFolder(entry.mode)) throw new PatchProblem(`${name} is a file and holds files`);
    const id = await editTree(tools, trees, entry?.id, inner, depth + 1);
    if (id === undefined) entries.delete(name);
    else entries.set(name, { mode: "40000", name, id });
  }
  for (const [name, edit] of here) {
    const entry = entries.get(name);
    if (edit === "deleted") continue;
    if (entry !== undefined && isFolder(entry.mode)) throw new PatchProblem(`${name} would replace a whole folder`);
    entries.set(name, edit);
  }
  if (entries.size === 0) return undefined;
  return objectId(tools, "tree", writeTree([...entries.values()]));
};

type Edits = ReadonlyMap<string, TreeEntry | "deleted">;

/** The edits below each folder, by the folder's name. */
const beneath = (edits: Edits): ReadonlyMap<string, Edits> => {
  const folders = new Map<string, Map<string, TreeEntry | "deleted">>();
  for (const [path, edit] of edits) {
    const slash = path.indexOf("/");
    if (slash < 0) continue;
    const folder = path.slice(0, slash);
    const inner = folders.get(folder) ?? new Map<string, TreeEntry | "deleted">();
    folders.set(folder, inner.set(path.slice(slash + 1), edit));
  }
  return folders;
};
