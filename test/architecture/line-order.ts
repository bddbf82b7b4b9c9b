import { STAGES } from "../../src/workflow/stages.ts";
import { isTest, type Rule, type SourceFile } from "./source.ts";

/** The stage that a file of `workflow/` belongs to; undefined for the files at its root and the refusal tables. */
const stageOf = (path: string): string | undefined => /^src\/workflow\/([^/]+)\//.exec(path)?.[1];

const orderOf = (stage: string): number => STAGES.findIndex((one) => one === stage);

/** A stage knows the root of `workflow/` and the stages to its left; every folder of `workflow/` is a stage. */
export const stageViolations: Rule = (files) => {
  const rules = files.filter((file) => file.path.startsWith("src/workflow/") && !isTest(file));
  const byPath = new Map(rules.map((file) => [file.path, file]));
  return rules.flatMap((file) => {
    const stage = stageOf(file.path);
    if (stage === undefined) return [];
    if (stage === "refusals")
      return file.imports.map(({ line, from }) => `${file.path}:${line}: a table of refusals imports ${from}`);
    if (orderOf(stage) < 0) return [`${file.path}: ${stage} is no stage of the line`];
    return [...directViolations(file, stage), ...hiddenViolations(file, stage, byPath)];
  });
};

const directViolations = ({ path, imports }: SourceFile, stage: string): readonly string[] =>
  imports.flatMap(({ file, line }) => {
    const other = file === undefined ? undefined : stageOf(file);
    if (other === "refusals") return [`${path}:${line}: reads the refusals past refusal.ts`];
    return other !== undefined && orderOf(other) > orderOf(stage)
      ? [`${path}:${line}: ${stage} knows ${other}: ${file}`]
      : [];
  });

// A file at the root may use the types of a stage; then no stage to the left of that one may use this file.
const hiddenViolations = (
  file: SourceFile,
  stage: string,
  byPath: ReadonlyMap<string, SourceFile>,
): readonly string[] =>
  file.imports.flatMap(({ file: named, line }) => {
    if (named === undefined || stageOf(named) !== undefined) return [];
    const later = [...stagesBehind(named, byPath)].filter((other) => orderOf(other) > orderOf(stage));
    return later.map((other) => `${file.path}:${line}: ${stage} knows ${other} through ${named}`);
  });

const stagesBehind = (
  path: string,
  byPath: ReadonlyMap<string, SourceFile>,
  seen: Set<string> = new Set(),
): ReadonlySet<string> => {
  if (seen.has(path)) return new Set();
  seen.add(path);
  const named = (byPath.get(path)?.imports ?? []).flatMap(({ file }) => (file === undefined ? [] : [file]));
  const direct = named.flatMap((file) => stageOf(file) ?? []).filter((stage) => stage !== "refusals");
  const further = named
    .filter((file) => stageOf(file) === undefined)
    .flatMap((file) => [...stagesBehind(file, byPath, seen)]);
  return new Set([...direct, ...further]);
};
