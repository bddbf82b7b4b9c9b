import { readdir, readFile } from "node:fs/promises";
import path from "node:path";

import { parseDocument } from "yaml";

import { cleverNodeIn } from "../../workflow/plain-yaml.ts";
import { caseForm, type HostileCase } from "./case-form.ts";

/** A case as its file says, or why the file says none. */
export type ReadCase = { readonly file: string } & (
  | { readonly ok: true; readonly value: HostileCase }
  | { readonly ok: false; readonly problem: string }
);

/** Every case that stands beside this file, in the order of groups and ids. Reading them starts nothing. */
export const readCases = async (folder: string = CASES): Promise<readonly ReadCase[]> => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)));
  return Promise.all(
    files.toSorted().map(async (file) => readCase(file, await readFile(path.join(folder, file), "utf8"))),
  );
};

/** The one file of a case: strict, and named after what it holds. */
export const readCase = (file: string, content: string): ReadCase => {
  const problem = (text: string): ReadCase => ({ file, ok: false, problem: text });
  const document = parseDocument(content, { uniqueKeys: true, strict: true });
  const broken = document.errors[0] ?? document.warnings[0];
  if (broken !== undefined) return problem(broken.message);
  const clever = cleverNodeIn(document);
  if (clever !== undefined) return problem(clever.problem);
  const read = caseForm.safeParse(document.toJS({ maxAliasCount: 0 }));
  if (!read.success)
    return problem(read.error.issues.map(({ path: at, message }) => `${at.join(".")}: ${message}`).join("; "));
  const objection = objectionTo(file, read.data);
  return objection === undefined ? { file, ok: true, value: read.data } : problem(objection);
};

const CASES = path.join(import.meta.dirname, "cases");

const objectionTo = (file: string, one: HostileCase): string | undefined => {
  if (file !== path.join(one.group, `${one.id}.yaml`)) return `its id and group belong to ${one.group}/${one.id}.yaml`;
  if (one.script !== "" && one.steps.length > 0) return "it has steps and a script";
  if ((one.control === undefined) !== (one.script === ""))
    return "a script, and nothing else, is tried without a sandbox, or says why it cannot be";
  if (one.expect === "REFUSE" && one.host.every(({ refuses }) => refuses === undefined))
    return "nothing in it is refused";
  if (!one.run && one.expect !== "REFUSE") return "without a run there is nothing to judge";
  return undefined;
};
