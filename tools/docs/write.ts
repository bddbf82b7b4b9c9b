// Writes every file of the package that is drawn from the code: `npm run docs`.
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

import { generatedFiles } from "./generated.ts";

for (const [path, text] of generatedFiles()) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
