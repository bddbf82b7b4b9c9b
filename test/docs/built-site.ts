import { readFileSync, statSync } from "node:fs";
import path from "node:path";

import { filesBelow, ROOT } from "../architecture/source.ts";

export const SITE: string = path.join(ROOT, "dist/docs");

/** The files of the site as the build listed them. One that is older than its sources would test something else. */
export const builtFiles = (): readonly string[] => {
  const made = (file: string): number => statSync(path.join(ROOT, file), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const sources = [...filesBelow("docs", ".md"), ...filesBelow("tools/manual", ".mjs", ".css"), "tools/build-docs.mjs"];
  if (made("dist/docs/files.json") < Math.max(...sources.map(made)))
    throw new Error("dist/docs is older than its sources: npm run docs");
  return JSON.parse(readFileSync(path.join(SITE, "files.json"), "utf8")) as string[];
};
