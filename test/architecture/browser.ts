import { posix } from "node:path";

/** A file of the web client: JSX is not scanned by tokens, so these rules read its text. */
export interface WebFile {
  readonly path: string;
  readonly text: string;
}

const WEB = "src/control-surface/web/";
const PACKAGES = new Set(["preact", "preact/hooks", "@preact/signals"]);
// Small, pure, and the same words on every surface; all else of the house comes as a type alone.
const VALUES = /^src\/workflow\/(?:visible-text|state-words|limits)\.ts$/;

/** What the browser carries: preact, its signals, the client's own files, and the few pure modules above. */
export const carried = (files: readonly WebFile[]): readonly string[] =>
  files.flatMap(({ path, text }) =>
    [...text.matchAll(IMPORT)].flatMap(([whole, late, from]) => {
      const named = late ?? from ?? "";
      if (!named.startsWith(".")) return PACKAGES.has(named) ? [] : [`${path}: the browser carries ${named}`];
      const file = posix.join(posix.dirname(path), named);
      if (file.startsWith(WEB) || VALUES.test(file) || isOfTypes(whole)) return [];
      return [`${path}: the browser carries ${file}`];
    }),
  );

const IMPORT = /\bimport\(\s*["']([^"']+)["']\s*\)|^(?:import|export)\s+(?:[^"';=()]*?\sfrom\s*)?["']([^"']+)["']/gm;

const isOfTypes = (statement: string): boolean => /^(?:import|export) type\b/.test(statement);

/** Where text could become markup or script. Texts are text nodes; Trusted Types would stop the rest, later and louder. */
export const sinks = (files: readonly WebFile[]): readonly string[] =>
  files.flatMap(({ path, text }) => [...text.matchAll(SINK)].map(([found]) => `${path}: ${found}`));

const SINK =
  /\b(?:dangerouslySetInnerHTML|innerHTML|outerHTML|insertAdjacentHTML|srcdoc|createContextualFragment|parseFromString|document\.write|setTimeout\(["'`]|new Function|new Worker|eval\()|javascript:|\bon[a-z]+=["']/gi;

/** Files that hold more than one idea. */
export const longWebFiles = (files: readonly WebFile[]): readonly string[] =>
  files
    .filter(({ path, text }) => !path.endsWith(".css") && text.trimEnd().split("\n").length > 250)
    .map(({ path }) => path);
