import { MANIFEST, SUMS } from "../bundle-table.ts";
import { foldersOf } from "./folders-of.ts";
import type { DigestedFile, OddEntry } from "./reading.ts";

/** The entries of an archive as they come, by the names that they have in a bundle. */
export interface TarNames {
  file(name: string, content: Uint8Array | DigestedFile): void;
  folder(name: string): void;
  odd(name: string, why: string): void;
  /** The name that came last, to say where something is wrong that has no name. */
  last(): string;
  count(): number;
  bundle(): { readonly files: ReadonlyMap<string, Uint8Array | DigestedFile>; readonly odd: readonly OddEntry[] };
}

export const tarNames = (): TarNames => {
  const files = new Map<string, Uint8Array | DigestedFile>();
  const folders = new Set<string>();
  const odd: OddEntry[] = [];
  let last = "the archive";
  /** `tar -C DIR .` writes ./ before every name; nothing else is put right. */
  const plain = (name: string, why: string): string | undefined => {
    last = name;
    const inside = name.replace(/^\.\//, "");
    if (!isPlain(inside)) odd.push({ name, why: "it is no plain relative name" });
    else if (files.has(inside) || folders.has(inside)) odd.push({ name, why });
    else return inside;
    return undefined;
  };
  return {
    file: (name, content) => {
      const inside = plain(name, "it stands in the archive twice");
      if (inside !== undefined) files.set(inside, content);
    },
    folder: (name) => {
      if (name === "./" || name === ".") return;
      const inside = plain(name.replace(/\/$/, ""), "it stands in the archive twice");
      if (inside !== undefined) folders.add(inside);
    },
    odd: (name, why) => {
      last = name;
      odd.push({ name, why });
    },
    last: () => last,
    count: () => files.size + folders.size + odd.length,
    bundle: () => {
      const all = [...files.keys()];
      const full = foldersOf(all);
      const empty = [...folders].filter((folder) => !full.has(folder));
      const top = files.has(SUMS) ? "" : topOf(all);
      return {
        files: new Map([...files].map(([name, content]) => [name.slice(top.length), content])),
        odd: [
          ...odd,
          ...empty.map((name) => ({ name: `${name}/`, why: "it is an empty folder" })),
          ...(top.startsWith(".partial-") ? [{ name: top, why: "the folder was never sealed" }] : []),
        ],
      };
    },
  };
};

const isPlain = (name: string): boolean =>
  !/[\\\p{Cc}]/u.test(name) && name.split("/").every((part) => part !== "" && part !== "." && part !== "..");

/** The one folder that holds every file, with its slash; "" where there is none. */
const topOf = (names: readonly string[]): string => {
  const [first = ""] = names;
  const top = first.slice(0, first.indexOf("/") + 1);
  const isBundle = names.some((name) => name === `${top}${SUMS}` || name === `${top}${MANIFEST}`);
  const isTop = isBundle || top.startsWith(".partial-");
  return isTop && names.every((name) => name.startsWith(top)) ? top : "";
};
