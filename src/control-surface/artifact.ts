import type { Digest } from "../workflow/digest.ts";
import { SANDBOXED } from "./headers.ts";

/**
 * Bytes that somebody else wrote, to be saved and not to be shown. Asked for by their digest they never change; without it
 * they are read anew each time, so that a page hashes what lies there now.
 */
export const artifactResponse = (
  { name, bytes, sha256 }: { readonly name: string; readonly bytes: Uint8Array; readonly sha256: Digest },
  asked: { readonly byDigest: string | undefined; readonly held: string | undefined },
): Response => {
  const tag = `"${sha256}"`;
  const headers = {
    "Content-Type": isText(bytes) ? "text/plain; charset=utf-8" : "application/octet-stream",
    "Content-Disposition": `attachment; filename="${fileName(name)}"`,
    "Content-Security-Policy": SANDBOXED,
    "Cache-Control": asked.byDigest === sha256 ? "private, max-age=31536000, immutable" : "no-store",
    ETag: tag,
  };
  return asked.held === tag
    ? new Response(null, { status: 304, headers })
    : new Response(new Uint8Array(bytes), { status: 200, headers });
};

const isText = (bytes: Uint8Array): boolean => {
  if (bytes.includes(0)) return false;
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
};

// Of a path the last part; what could end the header or lead elsewhere is left out.
const fileName = (name: string): string =>
  (name.split("/").at(-1) ?? "").replaceAll(/[^\w.-]/g, "_").replace(/^\.+/, "") || "artifact";
