import { readdirSync, readFileSync } from "node:fs";
import { posix } from "node:path";
import { fileURLToPath } from "node:url";

import { importsIn, type Import } from "./imports.ts";
import { scan, type Scanned } from "./tokens.ts";

/** One file of the house, named from its root: `src/workflow/gate/gate.ts`. */
export interface SourceFile extends Scanned {
  readonly path: string;
  readonly text: string;
  readonly imports: readonly Import[];
}

/** What a rule answers: one line for each place that breaks it, none if it holds. */
export type Rule = (files: readonly SourceFile[]) => readonly string[];

export const ROOT: string = fileURLToPath(new URL("../../", import.meta.url));

export const sourceFile = (path: string, text: string): SourceFile => {
  const scanned = scan(text);
  return { path, text, ...scanned, imports: importsIn(path, scanned.tokens) };
};

/** Every file below a folder of the house with one of these endings. */
export const filesBelow = (folder: string, ...endings: readonly string[]): readonly string[] =>
  readdirSync(posix.join(ROOT, folder), { recursive: true, withFileTypes: true })
    // Packages that a test installs beside itself are nobody's of this house.
    .filter((entry) => !entry.parentPath.includes("/node_modules"))
    .filter((entry) => entry.isFile() && endings.some((ending) => entry.name.endsWith(ending)))
    .map((entry) => posix.relative(ROOT, posix.join(entry.parentPath, entry.name)))
    .sort();

export const sourcesBelow = (folder: string): readonly SourceFile[] =>
  filesBelow(folder, ".ts").map((path) => sourceFile(path, readFileSync(posix.join(ROOT, path), "utf8")));

export const isTest = ({ path }: { readonly path: string }): boolean => path.endsWith(".test.ts");
