import { createHash } from "node:crypto";

import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import {
  EMPTY_FRONTIER,
  frontierText,
  leafHash,
  proofOfNext,
  readFrontier,
  rootOf,
  treeOver,
  withLeaf,
  type Frontier,
} from "./merkle.ts";

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

// The leaves, roots and proofs of the reference vectors of Certificate Transparency (RFC 6962, section 2.1).
const LEAVES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"].map(
  (text) => Buffer.from(text, "hex"),
);
const ROOTS = [
  "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
  "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
  "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
  "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
  "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
  "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
  "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
  "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
  "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];
const NODES = {
  a: "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
  b: "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
  c: "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
  d: "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
  e: "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
  f: "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
};

const grown = (leaves: readonly (Uint8Array | string)[]): Frontier =>
  leaves.reduce<Frontier>((frontier, leaf) => withLeaf(frontier, leafHash(leaf)), EMPTY_FRONTIER);

test.each(ROOTS.map((root, count) => [count, root] as const))(
  "the tree over %i leaves has the root of the standard's vectors",
  (count, root) => {
    const tree = treeOver(LEAVES.map(leafHash));
    expect(hex(rootOf(grown(LEAVES.slice(0, count))))).toBe(root);
    expect(hex(tree.rootAt(count))).toBe(root);
  },
);

describe("the proofs are the ones of the standard's vectors", () => {
  const tree = treeOver(LEAVES.map(leafHash));

  test.each([
    [0, 1, []],
    [0, 8, [NODES.a, NODES.b, NODES.c]],
    [5, 8, [NODES.d, NODES.e, ROOTS[4]]],
    [2, 3, [ROOTS[2]]],
    [1, 5, [ROOTS[1], NODES.b, NODES.d]],
  ])("leaf %i is in the tree of %i", (index, size, proof) => {
    expect(tree.inclusion(index, size).map(hex)).toEqual(proof);
  });

  test.each([
    [1, 1, []],
    [1, 8, [NODES.a, NODES.b, NODES.c]],
    [6, 8, [NODES.f, NODES.e, ROOTS[4]]],
    [2, 5, [NODES.b, NODES.d]],
    [0, 8, []],
  ])("the tree of %i is the beginning of the tree of %i", (from, size, proof) => {
    expect(tree.consistency(from, size).map(hex)).toEqual(proof);
  });
});

// The definition of RFC 6962, section 2.1, word for word.
const naive = (leaves: readonly Uint8Array[]): Uint8Array => {
  const [first] = leaves;
  if (first === undefined) return createHash("sha256").digest();
  if (leaves.length === 1) return createHash("sha256").update(Buffer.of(0)).update(first).digest();
  let k = 1;
  while (k * 2 < leaves.length) k *= 2;
  return createHash("sha256")
    .update(Buffer.of(1))
    .update(naive(leaves.slice(0, k)))
    .update(naive(leaves.slice(k)))
    .digest();
};

const someLeaves = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 70 });

test("frontier and tree agree with the definition at every size", () => {
  fc.assert(
    fc.property(someLeaves, (leaves) => {
      const tree = treeOver(leaves.map(leafHash));
      let frontier = EMPTY_FRONTIER;
      for (let size = 0; size <= leaves.length; size += 1) {
        const root = hex(naive(leaves.slice(0, size)));
        expect(hex(rootOf(frontier))).toBe(root);
        expect(hex(tree.rootAt(size))).toBe(root);
        const leaf = leaves[size];
        if (leaf === undefined) continue;
        expect(proofOfNext(frontier).map(hex)).toEqual(tree.inclusion(size, size + 1).map(hex));
        frontier = withLeaf(frontier, leafHash(leaf));
      }
    }),
    { numRuns: 40 },
  );
});

test("a frontier reads back at the size that it was written for, and at no other", () => {
  fc.assert(
    fc.property(someLeaves, fc.nat(70), (leaves, other) => {
      const frontier = grown(leaves);
      const read = readFrontier(frontierText(frontier), leaves.length);
      expect(hex(rootOf(read ?? EMPTY_FRONTIER))).toBe(hex(rootOf(frontier)));
      const bits = (size: number): number => size.toString(2).replaceAll("0", "").length;
      if (bits(other) !== bits(leaves.length)) expect(readFrontier(frontierText(frontier), other)).toBeUndefined();
    }),
  );
  for (const text of [" ", "AA==", `${"A".repeat(42)}B=`, frontierText(grown(["a"])).slice(0, -1)])
    expect(readFrontier(text, 1)).toBeUndefined();
});

test.each([-1, 0.5, 9, Number.NaN, 2 ** 53])("no root of %d leaves is made up for a tree of 8", (size) => {
  const tree = treeOver(LEAVES.map(leafHash));
  expect(() => tree.rootAt(size)).toThrow(RangeError);
  expect(() => tree.inclusion(size, 8)).toThrow(RangeError);
  expect(() => tree.consistency(1, size)).toThrow(RangeError);
});
