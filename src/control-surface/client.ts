import { readdir, readFile } from "node:fs/promises";
import path from "node:path";

import { MANUAL, readManual } from "./manual.ts";

/** The files of the web client by their addresses, all in memory: no address ever becomes a path. */
export type Client = ReadonlyMap<string, { readonly bytes: Uint8Array; readonly type: string }>;

/** The client of this build, or of the build beside the sources, and its documentation; empty where none was built. */
export const readClient = async (): Promise<Client> => new Map([...(await builtClient()), ...(await readManual())]);

const builtClient = async (): Promise<Client> => {
  for (const place of ["../web/", "../../dist/web/"]) {
    const client = await clientIn(new URL(place, import.meta.url).pathname);
    if (client.has(PAGE)) return client;
  }
  return new Map();
};

export const clientIn = async (folder: string): Promise<Client> => {
  const files = new Map<string, { readonly bytes: Uint8Array; readonly type: string }>();
  for (const below of ["", "assets"])
    for (const entry of await entriesOf(path.join(folder, below))) {
      const bytes = new Uint8Array(await readFile(path.join(folder, below, entry)));
      files.set(path.posix.join("/", below, entry), { bytes, type: TYPES[path.extname(entry)] ?? OCTETS });
    }
  return files;
};

const entriesOf = async (folder: string): Promise<readonly string[]> => {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
    throw error;
  }
};

const PAGE = "/index.html";
const ASSETS = "/assets/";
const OCTETS = "application/octet-stream";

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".woff2": "font/woff2",
  ".txt": "text/plain; charset=utf-8",
};

/** A file of the client, its page for every address of a page, or undefined. Names of assets hold their digest. */
export const clientResponse = (client: Client, address: string): Response | undefined => {
  const file = client.get(address);
  const forEver = address.startsWith(ASSETS) ? "public, max-age=31536000, immutable" : "no-store";
  if (file !== undefined) return fileResponse(file, forEver);
  if (address === MANUAL.slice(0, -1)) return new Response(null, { status: 308, headers: { Location: MANUAL } });
  if (!isPage(address)) return undefined;
  const page = client.get(PAGE);
  return page === undefined ? fileResponse(NO_CLIENT, "no-store") : fileResponse(page, "no-store");
};

const isPage = (address: string): boolean =>
  address === "/" || /^\/(?:packets|runs|targets|audit|health|compare|settings|w|r)(?:\/|$)/.test(address);

const fileResponse = (
  { bytes, type }: { readonly bytes: Uint8Array; readonly type: string },
  cached: string,
): Response =>
  new Response(new Uint8Array(bytes), { status: 200, headers: { "Content-Type": type, "Cache-Control": cached } });

const NO_CLIENT = {
  type: "text/plain; charset=utf-8",
  bytes: new TextEncoder().encode(
    "This build of cto has no web client. The server answers below /api; the command line shows the same.\n",
  ),
};
