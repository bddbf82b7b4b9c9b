import { copyFile, chmod, mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";

export interface CaseScript {
  readonly steps: readonly unknown[];
  readonly end?: "completed" | "failed" | "none";
  readonly exit?: number;
}

/** Installs the fake `ca` as a package of its own in a folder; answers the path of its program. */
export const installFakeCa = async (folder: string, script: CaseScript): Promise<string> => {
  await mkdir(folder, { recursive: true });
  const program = path.join(folder, "ca");
  await copyFile(fileURLToPath(new URL("ca.mjs", import.meta.url)), program);
  await chmod(program, 0o755);
  await writeFile(
    path.join(folder, "package.json"),
    JSON.stringify({ name: "case", version: "0.0.0-fake", type: "module", bin: { ca: "ca" } }),
  );
  await writeFile(path.join(folder, "ca.steps.json"), JSON.stringify(script));
  return program;
};
