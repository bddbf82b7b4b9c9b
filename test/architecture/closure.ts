import { isTest, type Rule, type SourceFile } from "./source.ts";

const VERIFIER = /^src\/(?:workflow\/evidence\/verify|verifier|verify-page)\//;

// Forms and numbers that writer and verifier must share, or they would speak of two things. None of them decides.
const SHARED =
  /^src\/workflow\/(?:evidence\/(?:schemas\/[^/]+|bundle-table|ending)|limits|run-events|trust|vocabulary|assert-never|visible-text)\.ts$/;

// What draws a file for people out of files that are checked. That it is drawn so is the very claim (docs/adr/0022).
const DRAWN =
  /^src\/workflow\/(?:as-json|evidence\/(?:json-file|markdown|render-report|render-changes|control-surface|verify-guide|trace-text|trace-attributes|event-line|claims))\.ts$/;

/** The verifier is given its crypto and its bytes, and runs no code of those who wrote the evidence (R117). */
export const verifierClosure: Rule = (files) => {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const seen = new Set<string>();
  const walk = (file: SourceFile): readonly string[] =>
    file.imports
      .filter(({ isType }) => !isType)
      .flatMap(({ file: named, from, line }) => {
        if (named === undefined) return from === "zod" ? [] : [`${file.path}:${line}: imports ${from}`];
        if (!VERIFIER.test(named) && !SHARED.test(named) && !DRAWN.test(named))
          return [`${file.path}:${line}: runs ${named}`];
        const next = byPath.get(named);
        if (next === undefined || seen.has(named)) return [];
        seen.add(named);
        return walk(next);
      });
  return files
    .filter((file) => VERIFIER.test(file.path) && !isTest(file))
    .flatMap((file) => (seen.has(file.path) ? [] : (seen.add(file.path), walk(file))));
};

// The rules are pure by a rule of their own, and the library speaks the protocol over two streams that it is given.
const ASSISTANT = /^src\/(?:mcp|workflow)\//;
const PROTOCOL: ReadonlySet<string> = new Set([
  "zod",
  "@modelcontextprotocol/server",
  "@modelcontextprotocol/server/stdio",
]);
const OUTSIDE: ReadonlySet<string> = new Set(["process", "fetch", "globalThis", "require", "eval", "WebSocket"]);

/** What an assistant is served by runs nothing that writes, signs, spawns or connects: not even Node's own modules (surface.md 5.1). */
export const assistantClosure: Rule = (files) =>
  files
    .filter((file) => file.path.startsWith("src/mcp/") && !isTest(file))
    .flatMap(({ path, imports, tokens }) => [
      ...imports
        .filter(({ isType }) => !isType)
        .filter(({ file: named, from }) => (named === undefined ? !PROTOCOL.has(from) : !ASSISTANT.test(named)))
        .map(({ from, line }) => `${path}:${line}: runs ${from}`),
      ...tokens
        .filter(({ kind, text }) => kind === "word" && OUTSIDE.has(text))
        .map(({ text, line }) => `${path}:${line}: names ${text}`),
    ]);

/** What the table of a page's types reaches, types too: a browser's compiler must not meet Node, nor any file that runs. */
export const pageTypes: Rule = (files) => {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const seen = new Set<string>();
  const walk = (path: string): readonly string[] => {
    if (seen.has(path)) return [];
    seen.add(path);
    return (byPath.get(path)?.imports ?? []).flatMap(({ file: named, from, line, isType }) => {
      if (named === undefined) return [`${path}:${line}: imports ${from}`];
      return isType ? walk(named) : [`${path}:${line}: runs ${named}`];
    });
  };
  return walk("src/control-surface/api.ts");
};
