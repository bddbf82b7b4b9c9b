import { createHash } from "node:crypto";

/** Root of the RFC 6962 tree over the leaves, 32 bytes. The ledger's checkpoint is over its records' texts. */
export const treeRoot = (leaves: readonly (Uint8Array | string)[]): Uint8Array =>
  leaves.length === 0 ? sha256([]) : rootOf(leaves.map((leaf) => sha256([Uint8Array.of(0), leaf])));

const rootOf = (hashes: readonly Uint8Array[]): Uint8Array => {
  const [first] = hashes;
  if (first === undefined) throw new TypeError("a subtree has a leaf");
  if (hashes.length === 1) return first;
  const left = 2 ** Math.ceil(Math.log2(hashes.length) - 1);
  return sha256([Uint8Array.of(1), rootOf(hashes.slice(0, left)), rootOf(hashes.slice(left))]);
};

const sha256 = (parts: readonly (Uint8Array | string)[]): Uint8Array => {
  const sum = createHash("sha256");
  for (const part of parts) sum.update(part);
  return sum.digest();
};
