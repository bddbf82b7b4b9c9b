// Builds dist/verify.html: one file, script and style inside, with a policy that names their digests and allows nothing else.
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";

import { rolldown } from "rolldown";

const FOLDER = "src/verify-page";
const digest = (text) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

export const buildVerifyPage = async (file) => {
  const bundle = await rolldown({ input: `${FOLDER}/page.ts`, platform: "browser", logLevel: "warn" });
  const { output } = await bundle.generate({ format: "iife", minify: true });
  await bundle.close();
  // A closing tag inside the script would end it, wherever it stands.
  const script = output[0].code.trim().replaceAll("</", "<\\/");
  const style = readFileSync(`${FOLDER}/page.css`, "utf8")
    .replaceAll(/\s+/g, " ")
    .replaceAll(/ ?([{};,]) ?/g, "$1")
    .trim();
  const policy = [
    "default-src 'none'",
    `script-src ${digest(script)}`,
    `style-src ${digest(style)}`,
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join("; ");
  const page = readFileSync(`${FOLDER}/page.html`, "utf8").trimEnd();
  const parts = { policy, style, script };
  writeFileSync(
    file,
    page.replaceAll(/\{\{(policy|style|script)\}\}/g, (_, name) => parts[name]),
  );
};
