import { join } from "node:path";

import { refusal, type Refusal } from "../../workflow/refusal.ts";
import { rewritingAttributes } from "./attributes.ts";
import { readObjects } from "./objects.ts";
import { shown } from "./path-name.ts";
import { readPlainFile } from "./plain-file.ts";
import type { TreeEntry } from "./tree.ts";

/** `info/attributes`, which no commit shows. */
export const lookAtInfoAttributes = (repository: string): Refusal[] => {
  const read = readPlainFile(join(repository, ".git", "info", "attributes"), ATTRIBUTES_BYTES_MAX);
  if (read.is === "absent") return [];
  const path = ".git/info/attributes";
  return read.is === "plain" ? objections(path, read.bytes) : [refusal("admission/special-file", { path })];
};

/** Every committed `.gitattributes`, and the submodules that the tree speaks of. */
export const lookAtTreeAttributes = async (door: string, base: readonly TreeEntry[]): Promise<Refusal[]> => {
  const files = base.filter(({ path, mode }) => /(?:^|\/)\.gitattributes$/i.test(path) && mode.startsWith("100"));
  const contents = await readObjects(door, new Set(files.map(({ oid }) => oid)), "blob");
  return [
    ...files.flatMap(({ path, oid }) => objections(shown(path), contents.get(oid) ?? new Uint8Array())),
    ...base
      .filter(({ path, mode }) => mode === "160000" || /^\.gitmodules$/i.test(path))
      .map(({ path, mode }) => refusal("admission/submodule", { found: `${mode} ${shown(path)} in the tree` })),
  ];
};

const ATTRIBUTES_BYTES_MAX = 1_048_576;

const objections = (path: string, bytes: Uint8Array): Refusal[] =>
  rewritingAttributes(bytes).map(({ line, attribute }) =>
    refusal("admission/filter", { path, line, attribute: shown(attribute) }),
  );
