import { LIMITS } from "../../limits.ts";
import { fromLatin1, hex, joined, latin1, utf8 } from "./bytes.ts";
import type { VerifyTools } from "./tools.ts";

export type GitType = "commit" | "tree" | "blob";

/** The id that git gives to these bytes. */
export const objectId = async (tools: VerifyTools, type: GitType, bytes: Uint8Array): Promise<string> =>
  hex(await tools.sha1(joined(utf8(`${type} ${bytes.length}\0`), bytes)));

/** Names are latin1: one character for each byte. */
export interface TreeEntry {
  readonly mode: string;
  readonly name: string;
  readonly id: string;
}

export const readTree = (bytes: Uint8Array): readonly TreeEntry[] | undefined => {
  const entries: TreeEntry[] = [];
  let at = 0;
  while (at < bytes.length) {
    const end = bytes.indexOf(0, at);
    if (end < 0 || end + 21 > bytes.length) return undefined;
    const [, mode, name] = /^([0-7]{5,6}) (.+)$/s.exec(latin1(bytes.subarray(at, end))) ?? [];
    if (mode === undefined || name === undefined) return undefined;
    entries.push({ mode, name, id: hex(bytes.subarray(end + 1, end + 21)) });
    at = end + 21;
  }
  return entries;
};

export const writeTree = (entries: readonly TreeEntry[]): Uint8Array =>
  joined(
    ...[...entries]
      .sort((a, b) => (sortName(a) < sortName(b) ? -1 : 1))
      .flatMap(({ mode, name, id }) => [fromLatin1(`${mode} ${name}\0`), idBytes(id)]),
  );

// Git compares a folder as if its name ended with a slash.
const sortName = ({ mode, name }: TreeEntry): string => (isFolder(mode) ? `${name}/` : name);

export const isFolder = (mode: string): boolean => mode === "40000" || mode === "040000";

const idBytes = (id: string): Uint8Array =>
  Uint8Array.from({ length: 20 }, (_, at) => Number.parseInt(id.slice(2 * at, 2 * at + 2), 16));

/** A commit object by its raw bytes. */
export interface RawCommit {
  readonly id: string;
  readonly tree: string;
  readonly parents: readonly string[];
  readonly author: string;
  readonly committer: string;
  /** The headers behind the committer, each with its line feed: a signature, or what only git and its authors know. */
  readonly more: string;
  readonly message: string;
}

// As git reads it: these lines in this order, and whatever stands elsewhere is none of them.
const COMMIT =
  /^tree (?<tree>[0-9a-f]{40})\n(?<parents>(?:parent [0-9a-f]{40}\n)*)author (?<author>[^\n]*)\ncommitter (?<committer>[^\n]*)\n(?<more>(?:[^\n]+\n)*)\n/;

export const readCommit = async (bytes: Uint8Array | undefined, tools: VerifyTools): Promise<RawCommit | undefined> => {
  if (bytes === undefined) return undefined;
  const text = latin1(bytes);
  const end = text.indexOf("\n\n") + 2;
  const read = end > LIMITS.commitHeadBytesMax ? null : COMMIT.exec(text.slice(0, end));
  const { tree, parents, author, committer, more } = read?.groups ?? {};
  if (read === null || tree === undefined || author === undefined || committer === undefined) return undefined;
  return {
    id: await objectId(tools, "commit", bytes),
    tree,
    parents: parents?.match(/[0-9a-f]{40}/g) ?? [],
    author,
    committer,
    more: more ?? "",
    message: text.slice(end),
  };
};
