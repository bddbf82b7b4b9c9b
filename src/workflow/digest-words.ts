import { wordlist } from "@scure/bip39/wordlists/english.js";

import type { Digest } from "./digest.ts";

/**
 * The first 44 bits of a digest as four words of the BIP-39 English list, 11 bits a word: an aid for the eye, compared by
 * no code (surface.md 3).
 */
export const digestWords = (digest: Digest): string => {
  const bits = BigInt(`0x${digest.slice(0, 11)}`);
  return [33n, 22n, 11n, 0n].map((shift) => wordlist[Number((bits >> shift) & 0x7ffn)]).join(" ");
};

/** The first 16 digits in fours, as people compare them. */
export const fours = (digest: string): string => (digest.slice(0, 16).match(/.{4}/g) ?? []).join(" ");
