import { isTest, type Rule, type SourceFile } from "./source.ts";

// What each part of `src/` may name beside itself. Whatever is not a key here has no place in the house.
const MAY_KNOW: Readonly<Record<string, readonly string[]>> = {
  workflow: [],
  seams: ["workflow"],
  adapters: ["seams", "workflow"],
  harness: ["seams", "workflow"],
  cli: ["harness", "seams", "workflow", "config.ts"],
  mcp: ["harness", "seams", "workflow"],
  "control-surface": ["harness", "seams", "workflow"],
  verifier: ["workflow"],
  "verify-page": ["verifier", "workflow"],
  "config.ts": ["seams", "workflow"],
  "compose.ts": ["adapters", "harness", "seams", "workflow", "config.ts"],
  "compose-backup.ts": ["adapters", "compose.ts", "harness", "seams", "workflow"],
  "compose-mcp.ts": ["adapters", "compose.ts", "harness", "mcp"],
  "compose-store.ts": ["adapters", "harness", "workflow"],
  "index.ts": ["compose.ts", "harness", "seams", "workflow"],
};

// What joins adapters to seams: whole homes, one in a file, and what an assistant is given of one.
const COMPOSERS: ReadonlySet<string> = new Set([
  "compose.ts",
  "compose-backup.ts",
  "compose-mcp.ts",
  "compose-store.ts",
]);

const MAY_COMPOSE = /^src\/cli\/(?:main\.ts|demo\/|hostile\/)/;

// The command line starts the other surfaces, and knows nothing else of them.
const MAY_START = "src/cli/main.ts";
const STARTED = new Set(["mcp", "control-surface"]);

const DRAWERS = /^(?:utils?|utilities|common|shared|lib|libs|core|managers?|services?|helpers?|misc)(?:\.ts)?$/;

/** Rings look inward only; an unknown folder is a violation, and so is a drawer. */
export const ringViolations: Rule = (files) =>
  files.flatMap((file) => {
    const part = partOf(file.path);
    const drawer = file.path.split("/").find((segment) => DRAWERS.test(segment));
    return [
      ...(drawer === undefined ? [] : [`${file.path}: ${drawer} is a drawer, it names nothing`]),
      ...(part in MAY_KNOW ? [] : [`${file.path}: ${part} has no place in the house`]),
      ...(isTest(file) ? [] : outwardImports(file, part)),
    ];
  });

const partOf = (path: string): string => path.split("/")[1] ?? path;

const outwardImports = (file: SourceFile, part: string): readonly string[] =>
  file.imports.flatMap(({ file: named, line, from }) => {
    if (named === undefined) return from === "a computed name" ? [`${file.path}:${line}: imports a computed name`] : [];
    const there = partOf(named);
    const isKnown = there === part || MAY_KNOW[part]?.includes(there) === true;
    const isComposed = COMPOSERS.has(there) && MAY_COMPOSE.test(file.path);
    const isStarted = STARTED.has(there) && file.path === MAY_START;
    if (!named.startsWith("src/") || !(isKnown || isComposed || isStarted))
      return [`${file.path}:${line}: ${part} may not know ${named}`];
    if (part === "adapters" && there === "adapters" && folderOf(file.path) !== folderOf(named))
      return [`${file.path}:${line}: one adapter knows another: ${named}`];
    return [];
  });

const folderOf = (path: string): string => path.split("/")[2] ?? path;

/** Each seam has an adapter folder of its name, and each adapter folder a seam. */
export const seamViolations: Rule = (files) => {
  const seams = new Set(
    files
      .filter(({ path }) => /^src\/seams\/[^/]+\.ts$/.test(path))
      .map(({ path }) => path.slice("src/seams/".length, -".ts".length)),
  );
  const adapters = new Set(
    files.filter(({ path }) => path.startsWith("src/adapters/")).map(({ path }) => folderOf(path)),
  );
  return [
    ...[...seams].filter((seam) => !adapters.has(seam)).map((seam) => `src/seams/${seam}.ts has nothing behind it`),
    ...[...adapters]
      .filter((folder) => !seams.has(folder))
      .map((folder) => `src/adapters/${folder} stands behind no seam`),
    ...files.filter(({ path }) => /^src\/seams\/[^/]+\//.test(path)).map(({ path }) => `${path}: a seam is one file`),
  ];
};
