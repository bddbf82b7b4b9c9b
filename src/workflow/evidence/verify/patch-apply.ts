import { assertNever } from "../../assert-never.ts";
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
  for (const file of files) {
    if (edits.has(file.path)) throw new PatchProblem(`${file.path} is patched twice`);
    edits.set(file.path, await editOf(tools, objects, baseTree, file));
  }
  return (await editTree(tools, objects, baseTree, edits, 0)) ?? objectId(tools, "tree", new Uint8Array());
};

const editOf = async (
  tools: VerifyTools,
  objects: ReadonlyMap<string, GitObject>,
  baseTree: string,
  file: FilePatch,
): Promise<TreeEntry | "deleted"> => {
  const { path, oldMode, newMode, body } = file;
  const was = entryAt(objects, baseTree, path);
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
  const made = await contentOf(tools, old, file);
  if (newMode === "none") {
    if (made.length > 0 || file.newBlob !== NO_BLOB) throw new PatchProblem(`${path} is not deleted whole`);
    return "deleted";
  }
  const id = await objectId(tools, "blob", made);
  if (id !== file.newBlob) throw new PatchProblem(`${path} comes out with other content than the patch names`);
  return { mode: newMode, name, id };
};

const contentOf = async (
  tools: VerifyTools,
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
      const content = await binaryContent(tools, body.lines, body.size);
      return body.form === "literal" ? content : applyDelta(old, content);
    }
    default:
      return assertNever(body);
  }
};

const applyHunks = (old: Uint8Array, hunks: readonly Hunk[], path: string): Uint8Array => {
  const lines = linesOf(old);
  const made: Uint8Array[] = [];
  let at = 0;
  for (const { oldStart, oldLines, lines: body } of hunks) {
    // A hunk without old lines names the line before it.
    const start = oldLines === 0 ? oldStart : oldStart - 1;
    if (start < at || start > lines.length) throw new PatchProblem(`a hunk of ${path} is out of place`);
    made.push(...lines.slice(at, start));
    at = start;
    for (const { side, bytes } of body) {
      if (side !== "+") {
        const line = lines[at];
        if (line === undefined || !sameBytes(line, bytes))
          throw new PatchProblem(`a hunk of ${path} does not fit the base`);
        at += 1;
      }
      if (side !== "-") made.push(bytes);
    }
  }
  return joined(...made, ...lines.slice(at));
};

/** Lines with their line feed; the last one may have none. */
const linesOf = (bytes: Uint8Array): readonly Uint8Array[] => {
  const lines: Uint8Array[] = [];
  let from = 0;
  while (from < bytes.length) {
    const end = bytes.indexOf(0x0a, from);
    const next = end < 0 ? bytes.length : end + 1;
    lines.push(bytes.subarray(from, next));
    from = next;
  }
  return lines;
};

const treeOf = (objects: ReadonlyMap<string, GitObject>, id: string): readonly TreeEntry[] => {
  const object = objects.get(id);
  const entries = object?.type === "tree" ? readTree(object.bytes) : undefined;
  if (entries === undefined) throw new PatchProblem(`tree ${id} is not in base.pack`);
  return entries;
};

const blobOf = (objects: ReadonlyMap<string, GitObject>, id: string, path: string): Uint8Array => {
  const object = objects.get(id);
  if (object?.type !== "blob") throw new PatchProblem(`the old content of ${path} is not in base.pack`);
  return object.bytes;
};

const entryAt = (objects: ReadonlyMap<string, GitObject>, tree: string, path: string): TreeEntry | undefined => {
  const [first = "", ...rest] = path.split("/");
  const entry = treeOf(objects, tree).find(({ name }) => name === first);
  if (entry === undefined || rest.length === 0) return entry !== undefined && isFolder(entry.mode) ? undefined : entry;
  if (rest.length > DEPTH_MAX) throw new PatchProblem(`${path} is nested too deep`);
  return isFolder(entry.mode) ? entryAt(objects, entry.id, rest.join("/")) : undefined;
};

/** Builds only the trees above an edit again; undefined when nothing is left in one. */
const editTree = async (
  tools: VerifyTools,
  objects: ReadonlyMap<string, GitObject>,
  tree: string | undefined,
  edits: Edits,
  depth: number,
): Promise<string | undefined> => {
  if (depth > DEPTH_MAX) throw new PatchProblem("a path is nested too deep");
  const entries = new Map(tree === undefined ? [] : treeOf(objects, tree).map((entry) => [entry.name, entry]));
  const here = [...edits].filter(([path]) => !path.includes("/"));
  for (const [name, edit] of here) if (edit === "deleted") entries.delete(name);
  for (const [name, inner] of beneath(edits)) {
    const entry = entries.get(name);
    if (entry !== undefined && !isFolder(entry.mode)) throw new PatchProblem(`${name} is a file and holds files`);
    const id = await editTree(tools, objects, entry?.id, inner, depth + 1);
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
