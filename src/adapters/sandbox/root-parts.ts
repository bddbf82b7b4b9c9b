import { lstat, readlink } from "node:fs/promises";

/** One piece of the root that every process needs: a folder of the host, or a link as the host has it. */
export type RootPart =
  | { readonly kind: "folder"; readonly path: string }
  | { readonly kind: "link"; readonly path: string; readonly to: string };

/** `/usr` and the old names of its parts; no home, no `/run`, `/sys` or `/var`. */
export const rootParts = async (): Promise<readonly RootPart[]> => [
  { kind: "folder", path: "/usr" },
  ...(await Promise.all(["/bin", "/lib", "/lib32", "/lib64", "/libx32", "/sbin"].map(rootPart))).flat(),
];

const rootPart = async (path: string): Promise<readonly RootPart[]> => {
  const found = await lstat(path).catch(() => undefined);
  if (found === undefined) return [];
  return found.isSymbolicLink() ? [{ kind: "link", path, to: await readlink(path) }] : [{ kind: "folder", path }];
};
