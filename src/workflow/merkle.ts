import { hash } from "node:crypto";

/**
 * What is enough of an RFC 6962 tree to add leaves and to name its root: the roots of its full subtrees, the largest
 * first, one for each bit that is set in the size.
 */
export interface Frontier {
  readonly size: number;
  readonly hashes: readonly Uint8Array[];
}

export const EMPTY_FRONTIER: Frontier = { size: 0, hashes: [] };

/** SHA-256 over 0x00 and the leaf, 32 bytes. */
export const leafHash = (leaf: Uint8Array | string): Uint8Array =>
  typeof leaf === "string"
    ? hash("sha256", `\0${leaf}`, "buffer")
    : hash("sha256", Buffer.concat([Uint8Array.of(0), leaf]), "buffer");

/** The frontier with one leaf more, told by its hash. */
export const withLeaf = ({ size, hashes }: Frontier, leaf: Uint8Array): Frontier => {
  const grown = [...hashes];
  let last = leaf;
  for (let full = size; full % 2 === 1; full = (full - 1) / 2) last = nodeHash(grown.pop() ?? leaf, last);
  return { size: size + 1, hashes: [...grown, last] };
};

/** Root of the whole tree, 32 bytes. */
export const rootOf = ({ hashes }: Frontier): Uint8Array =>
  hashes.length === 0 ? hash("sha256", "", "buffer") : hashes.reduceRight((right, left) => nodeHash(left, right));

/** Proof that the leaf which is added to this frontier next is the last one of the tree that it makes. */
export const proofOfNext = ({ hashes }: Frontier): readonly Uint8Array[] => hashes.toReversed();

/** One line: the hashes in base64. Reading it back needs the size that it was written for. */
export const frontierText = ({ hashes }: Frontier): string => hashes.map(base64).join(" ");

/** Undefined where the text is not the frontier of a tree of this size. */
export const readFrontier = (text: string, size: number): Frontier | undefined => {
  const hashes = text === "" ? [] : text.split(" ").map((part) => new Uint8Array(Buffer.from(part, "base64")));
  const isWhole = hashes.every(({ length }) => length === 32) && hashes.map(base64).join(" ") === text;
  return isWhole && hashes.length === bitsSetIn(size) ? { size, hashes } : undefined;
};

/** A whole tree, told by the hashes of its leaves. */
export interface Tree {
  readonly size: number;
  /** Root over the first `size` leaves. */
  rootAt(size: number): Uint8Array;
  /** RFC 6962 2.1.1: leads from one leaf to the root over the first `size`. */
  inclusion(index: number, size: number): readonly Uint8Array[];
  /** RFC 6962 2.1.2: the tree of `size` begins with the whole tree of `from`. */
  consistency(from: number, size: number): readonly Uint8Array[];
}

export const treeOver = (leaves: readonly Uint8Array[]): Tree => {
  const levels = fullSubtrees(leaves);
  const root = (from: number, to: number): Uint8Array => {
    const count = to - from;
    const height = Math.log2(count);
    const full = Number.isInteger(height) && from % count === 0 ? levels[height]?.[from / count] : undefined;
    const middle = from + split(count);
    return full ?? nodeHash(root(from, middle), root(middle, to));
  };
  const path = (index: number, from: number, to: number): readonly Uint8Array[] => {
    if (to - from === 1) return [];
    const middle = from + split(to - from);
    return index < middle
      ? [...path(index, from, middle), root(middle, to)]
      : [...path(index, middle, to), root(from, middle)];
  };
  // `known` says whether the one who checks has the root of this part already: it is the old tree itself.
  const growth = (old: number, from: number, to: number, known: "known" | "new"): readonly Uint8Array[] => {
    if (old === to - from) return known === "known" ? [] : [root(from, to)];
    const middle = from + split(to - from);
    return old <= middle - from
      ? [...growth(old, from, middle, known), root(middle, to)]
      : [...growth(old - (middle - from), middle, to, "new"), root(from, middle)];
  };
  const within = (size: number): number => {
    if (!Number.isSafeInteger(size) || size < 0 || size > leaves.length)
      throw new RangeError(`no tree of ${size} leaves in one of ${leaves.length}`);
    return size;
  };
  return {
    size: leaves.length,
    rootAt: (size) => (within(size) === 0 ? rootOf(EMPTY_FRONTIER) : root(0, size)),
    inclusion: (index, size) => {
      if (!Number.isSafeInteger(index) || index < 0 || index >= within(size))
        throw new RangeError(`no leaf ${index} in a tree of ${size}`);
      return path(index, 0, size);
    },
    consistency: (from, size) => (within(from) === 0 || from > within(size) ? [] : growth(from, 0, size, "known")),
  };
};

const fullSubtrees = (leaves: readonly Uint8Array[]): readonly (readonly Uint8Array[])[] => {
  const levels = [leaves];
  for (let level = leaves; level.length > 1;) {
    const above: Uint8Array[] = [];
    for (let at = 0; at + 1 < level.length; at += 2) {
      const [left, right] = [level[at], level[at + 1]];
      if (left !== undefined && right !== undefined) above.push(nodeHash(left, right));
    }
    levels.push(above);
    level = above;
  }
  return levels;
};

/** The largest power of two below a count of two or more. */
const split = (count: number): number => 2 ** (Math.ceil(Math.log2(count)) - 1);

const nodeHash = (left: Uint8Array, right: Uint8Array): Uint8Array => {
  const marked = new Uint8Array(65);
  marked[0] = 1;
  marked.set(left, 1);
  marked.set(right, 33);
  return hash("sha256", marked, "buffer");
};

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64");

const bitsSetIn = (size: number): number => size.toString(2).replaceAll("0", "").length;
