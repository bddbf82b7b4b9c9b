// Builds dist/docs: docs/ as plain pages, for `cto serve` and for any folder that a server or a reader opens.
import { readdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";

import { Eleventy } from "@11ty/eleventy";

export const buildDocs = async (folder) => {
  rmSync(folder, { recursive: true, force: true });
  const site = new Eleventy("docs", folder, { configPath: "tools/manual/eleventy.config.mjs", quietMode: true });
  site.disableLogger();
  await site.write();
  // What `cto serve` answers of it: this list, made here, and nothing else that may come to lie in the folder.
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .sort();
  writeFileSync(path.join(folder, "files.json"), `${JSON.stringify(files)}\n`);
};

const [, program, folder] = process.argv;
if (program === new URL(import.meta.url).pathname && folder !== undefined) await buildDocs(folder);
