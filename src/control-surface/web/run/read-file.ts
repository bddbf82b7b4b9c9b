import { useEffect, useState } from "preact/hooks";

import { fileTextOf, type FileText } from "./file-text.ts";
import { bytesOf, hashOf, type Read } from "./rehash.ts";
import { sealedAs, type SealedAs } from "./sums.ts";

/** The bytes of now, hashed here, beside what SHA256SUMS lists for them. */
export interface ReadFile {
  readonly kind: "read";
  readonly bytes: ArrayBuffer;
  readonly found: string;
  readonly sealed: SealedAs;
  readonly text: FileText;
}

/** A file as far as this page could read it. */
export type FileRead = ReadFile | { readonly kind: "reading" } | Exclude<Read, { readonly kind: "bytes" }>;

const READING: FileRead = { kind: "reading" };

/** Reads a file of a bundle and its sums, past every cache; `round` does it anew, undefined reads nothing. */
export const useFile = (run: string, file: string | undefined, round: number): FileRead => {
  const [read, setRead] = useState<FileRead>(READING);
  useEffect(() => {
    setRead(READING);
    if (file === undefined) return;
    const left = new AbortController();
    void readAll(run, file, left.signal).then((all) => left.signal.aborted || setRead(all));
    return () => left.abort();
  }, [run, file, round]);
  return read;
};

const readAll = async (run: string, file: string, signal: AbortSignal): Promise<FileRead> => {
  const [own, sums] = await Promise.all([bytesOf(run, file, signal), bytesOf(run, "SHA256SUMS", signal)]);
  if (own.kind !== "bytes") return own;
  const { bytes } = own;
  return {
    kind: "read",
    bytes,
    found: await hashOf(bytes),
    sealed: sealedAs(file, sums.kind === "bytes" ? { kind: "text", text: textOf(sums.bytes) } : sums),
    text: fileTextOf(new Uint8Array(bytes)),
  };
};

const textOf = (bytes: ArrayBuffer): string => new TextDecoder().decode(bytes);
