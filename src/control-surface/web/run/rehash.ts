import { useEffect, useState } from "preact/hooks";

import { isAsking, request } from "../ask.ts";
import { addressOf } from "../run-addresses.ts";
import { hexOf, sumLinesOf, type Hashed, type Rehash, type SumLine } from "./sums.ts";

const AT_ONCE = 4;
const TELLS_EVERY_MS = 100;

const WAITING: Rehash = { state: "waiting", listed: [], found: new Map() };

/**
 * Fetches each file that SHA256SUMS lists, past every cache, and hashes it here, once nothing else is awaited: what a
 * reader came for is drawn first. `isSealed` starts it; `round` starts it anew.
 */
export const useRehash = (run: string, isSealed: boolean, round: number): Rehash => {
  const [rehash, setRehash] = useState<Rehash>(WAITING);
  useEffect(() => {
    if (!isSealed) return setRehash(WAITING);
    const left = new AbortController();
    void hashAll(run, left.signal, (next) => left.signal.aborted || setRehash(next));
    return () => left.abort();
  }, [run, isSealed, round]);
  return rehash;
};

const hashAll = async (run: string, signal: AbortSignal, tell: (rehash: Rehash) => void): Promise<void> => {
  await untilQuiet(signal);
  if (signal.aborted) return;
  tell({ state: "listing", listed: [], found: new Map() });
  const sums = await bytesOf(run, "SHA256SUMS", signal);
  const listed = sums.kind === "bytes" ? sumLinesOf(new TextDecoder().decode(sums.bytes)) : undefined;
  if (sums.kind === "unread") return tell({ state: "unread", listed: [], found: new Map() });
  if (listed === undefined) return tell({ state: "unlisted", listed: [], found: new Map() });
  const found = new Map<string, Hashed>();
  const waiting = listed.values();
  let toldAt = 0;
  const one = async (): Promise<void> => {
    for (const line of waiting) {
      const hashed = await hashOne(run, line, signal);
      if (signal.aborted) return;
      found.set(line.name, hashed);
      // The whole page may be drawn anew for it: often enough to be followed is enough.
      if (performance.now() - toldAt < TELLS_EVERY_MS) continue;
      toldAt = performance.now();
      tell({ state: "hashing", listed, found: new Map(found) });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, one));
  tell({ state: "ended", listed, found: new Map(found) });
};

const QUIET_MS = 200;

/** Every answer has come, and so have the letters that it is drawn in. */
const untilQuiet = async (signal: AbortSignal): Promise<void> => {
  do {
    await new Promise((resolve) => setTimeout(resolve, QUIET_MS));
    await document.fonts.ready;
  } while (isAsking() && !signal.aborted);
};

const hashOne = async (run: string, { name, sha256 }: SumLine, signal: AbortSignal): Promise<Hashed> => {
  const read = await bytesOf(run, name, signal);
  if (read.kind !== "bytes") return read;
  const found = await hashOf(read.bytes);
  return found === sha256 ? { kind: "same" } : { kind: "differs", found };
};

export const hashOf = async (bytes: ArrayBuffer): Promise<string> =>
  hexOf(await crypto.subtle.digest("SHA-256", bytes));

export type Read =
  | { readonly kind: "bytes"; readonly bytes: ArrayBuffer }
  | { readonly kind: "missing" }
  | { readonly kind: "unread"; readonly why: string };

/** The bytes that lie on the disk of the server now. */
export const bytesOf = async (run: string, name: string, signal: AbortSignal): Promise<Read> => {
  try {
    const path = name.split("/").map(encodeURIComponent).join("/");
    const response = await request(addressOf(run, `/evidence/${path}`), { signal });
    if (response.ok) return { kind: "bytes", bytes: await response.arrayBuffer() };
    return response.status === 404
      ? { kind: "missing" }
      : { kind: "unread", why: `the server answered ${response.status}` };
  } catch {
    return { kind: "unread", why: "the server does not answer" };
  }
};
