import { readFile } from "node:fs/promises";
import path from "node:path";

import { z } from "zod";

import { LIMITS } from "../workflow/limits.ts";
import { readStrictJson } from "../workflow/strict-json.ts";
import type { Client } from "./client.ts";

/** The documentation site of this build, or of the build beside the sources; empty where none was built. */
export const readManual = async (): Promise<Client> => {
  for (const place of ["../docs/", "../../dist/docs/"]) {
    const manual = await manualIn(new URL(place, import.meta.url).pathname);
    if (manual.size > 0) return manual;
  }
  return new Map();
};

/** The files that the build listed, by their addresses: what is not on its list is not there, whatever lies in the folder. */
export const manualIn = async (folder: string): Promise<Client> => {
  const list = await listIn(folder);
  const files = await Promise.all(
    list.map(async (name) => {
      const bytes = new Uint8Array(await readFile(path.join(folder, name)));
      const file = { bytes, type: TYPES[path.extname(name)] ?? TEXT };
      const address = `${MANUAL}${name}`;
      return name === "index.html" || name.endsWith("/index.html")
        ? [[address, file] as const, [address.slice(0, -"index.html".length), file] as const]
        : [[address, file] as const];
    }),
  );
  return new Map(files.flat());
};

const listIn = async (folder: string): Promise<readonly string[]> => {
  const bytes = await readFile(path.join(folder, "files.json")).catch((error: unknown) => {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  });
  if (bytes === undefined) return [];
  const list = readStrictJson(bytes, LIMITS.manualListBytesMax, z.array(z.string().regex(NAME)));
  if (!list.ok) throw new TypeError(`the list of the documentation cannot be read: ${list.refusals[0]}`);
  return list.value;
};

// No part of it begins with a dot, so none leads out of the folder.
const NAME = /^[A-Za-z0-9][A-Za-z0-9@._-]*(?:\/[A-Za-z0-9][A-Za-z0-9@._-]*)*$/;

/** Where the site stands, and what the addresses of all its files begin with. */
export const MANUAL = "/docs/";

const TEXT = "text/plain; charset=utf-8";
const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".png": "image/png",
  ".woff2": "font/woff2",
};
