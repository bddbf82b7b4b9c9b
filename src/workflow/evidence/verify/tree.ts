import { allOf, type VerifyTools } from "./tools.ts";

/** The roots of a tree over known leaves, at any size up to all of them (RFC 6962 2.1). */
export interface Roots {
  at(size: number): Promise<Uint8Array>;
}

/** Every full subtree once, level by level: what can be hashed side by side is. */
export const rootsOver = async (tools: VerifyTools, leaves: readonly Uint8Array[]): Promise<Roots> => {
  const levels = [leaves];
  for (let level = leaves; level.length > 1;) {
    const pairs = Array.from({ length: level.length >> 1 }, (_, at) =>
      tools.sha256(pair(level[2 * at], level[2 * at + 1])),
    );
    level = await allOf(pairs);
    levels.push(level);
  }
  return {
    at: async (size) => {
      let root: Uint8Array | undefined;
      let from = size;
      // From the smallest full subtree at the right end to the largest at the left.
      for (const [height, level] of levels.entries()) {
        const width = 2 ** height;
        if (from % (2 * width) < width) continue;
        from -= width;
        const full = level[from / width];
        root = root === undefined ? full : await tools.sha256(pair(full, root));
      }
      return root ?? tools.sha256(new Uint8Array());
    },
  };
};

/** The root that a leaf and its inclusion proof lead to (RFC 9162 2.1.3.2); undefined where the proof has another length. */
export const rootFrom = async (
  tools: VerifyTools,
  leaf: Uint8Array,
  index: number,
  size: number,
  proof: readonly Uint8Array[],
): Promise<Uint8Array | undefined> => {
  const sides = sidesOf(index, size, proof.length);
  if (sides === undefined) return undefined;
  let root = leaf;
  for (const [at, hash] of proof.entries())
    root = await tools.sha256(sides[at] === "left" ? pair(hash, root) : pair(root, hash));
  return root;
};

/** The root of the tree as it was right before that leaf, by the same proof: all that stands to the left of it. */
export const rootBefore = async (
  tools: VerifyTools,
  index: number,
  size: number,
  proof: readonly Uint8Array[],
): Promise<Uint8Array | undefined> => {
  const sides = sidesOf(index, size, proof.length);
  if (sides === undefined) return undefined;
  let root: Uint8Array | undefined;
  for (const hash of proof.filter((_, at) => sides[at] === "left"))
    root = root === undefined ? hash : await tools.sha256(pair(hash, root));
  return root ?? tools.sha256(new Uint8Array());
};

/** On which side of the way up each hash of such a proof stands; undefined where a proof has another length. */
const sidesOf = (index: number, size: number, length: number): readonly ("left" | "right")[] | undefined => {
  if (index >= size) return undefined;
  const sides: ("left" | "right")[] = [];
  let [at, last] = [index, size - 1];
  for (; sides.length < length; [at, last] = [half(at), half(last)]) {
    if (last === 0) return undefined;
    const isLeft = at % 2 === 1 || at === last;
    sides.push(isLeft ? "left" : "right");
    if (isLeft) while (at % 2 === 0 && at !== 0) [at, last] = [half(at), half(last)];
  }
  return last === 0 ? sides : undefined;
};

/** What is hashed for a leaf: 0x00 and its bytes. */
export const marked = (leaf: Uint8Array): Uint8Array => {
  const bytes = new Uint8Array(leaf.length + 1);
  bytes.set(leaf, 1);
  return bytes;
};

const pair = (left: Uint8Array | undefined, right: Uint8Array | undefined): Uint8Array => {
  const bytes = new Uint8Array(65);
  bytes[0] = 1;
  bytes.set(left ?? [], 1);
  bytes.set(right ?? [], 33);
  return bytes;
};

const half = (value: number): number => Math.floor(value / 2);
