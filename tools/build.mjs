// Builds dist/: TypeScript to JavaScript, and beside it the plain programs of the sandbox and the hostile cases.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, rmSync, readFileSync, writeFileSync, readdirSync } from "node:fs";

import { buildDocs } from "./build-docs.mjs";
import { buildVerifyPage } from "./build-verify-page.mjs";
import { buildWeb } from "./build-web.mjs";

// Whoever installs the package can read it, whoever built it.
process.umask(0o022);
rmSync("dist", { recursive: true, force: true });
execFileSync("node_modules/.bin/tsc", ["-p", "tsconfig.build.json"], { stdio: "inherit" });
cpSync("src/adapters/backend/programs", "dist/adapters/backend/programs", { recursive: true });
cpSync("src/adapters/backend/profiles", "dist/adapters/backend/profiles", { recursive: true });
cpSync("src/cli/hostile/cases", "dist/cli/hostile/cases", { recursive: true });
await buildVerifyPage("dist/verify.html");
await buildWeb("dist/web");
await buildDocs("dist/docs");

// The digest of the build is what an approval binds: every file below dist, in order of its name.
const files = readdirSync("dist", { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => `${entry.parentPath}/${entry.name}`)
  .sort();
const sum = createHash("sha256");
for (const file of files) sum.update(`${createHash("sha256").update(readFileSync(file)).digest("hex")}  ${file}\n`);
const { version } = JSON.parse(readFileSync("package.json", "utf8"));
writeFileSync("dist/build.json", `${JSON.stringify({ version, sha256: sum.digest("hex") })}\n`);
