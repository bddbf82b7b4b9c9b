// Writes every file of the package that is drawn from the code: `npm run docs`.
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

import { GENERATED_FOLDERS, generatedFiles } from "./generated.ts";

const drawn = generatedFiles();
for (const folder of GENERATED_FOLDERS)
  for (const name of existsSync(folder) ? readdirSync(folder) : [])
    if (!drawn.has(`${folder}/${name}`)) rmSync(`${folder}/${name}`);
for (const [path, text] of drawn) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
