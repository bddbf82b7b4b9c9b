import { execFile } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";

import { git } from "./git.ts";

/** Makes a small git repository with one commit on `main`, for the demo and for tests. The folder must not exist. */
export const makeSample = async (folder: string, files: Readonly<Record<string, string>>): Promise<void> => {
  await mkdir(folder, { recursive: false });
  for (const [name, text] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
    await writeFile(path.join(folder, name), text);
  }
  const gitDir = path.join(folder, ".git");
  const work = [`--work-tree=${folder}`];
  const name = { GIT_AUTHOR_NAME: "Sample Author", GIT_COMMITTER_NAME: "Sample Author" };
  const mail = { GIT_AUTHOR_EMAIL: "author@sample.invalid", GIT_COMMITTER_EMAIL: "author@sample.invalid" };
  const date = { GIT_AUTHOR_DATE: "@1780272000 +0000", GIT_COMMITTER_DATE: "@1780272000 +0000" };
  await git(gitDir, ["init", "-q", "--template=", "-b", "main", folder]);
  await git(gitDir, ["config", "core.bare", "false"]);
  await git(gitDir, [...work, "-C", folder, "add", "-A", "."]);
  const tree = (await git(gitDir, ["write-tree"])).text;
  const commit = (
    await git(gitDir, ["commit-tree", tree, "-m", "A small library with two slugify implementations"], {
      env: { ...name, ...mail, ...date },
    })
  ).text;
  await git(gitDir, ["update-ref", "refs/heads/main", commit]);
  // No umask makes a sample that everybody may write and that nobody could admit.
  await promisify(execFile)("/bin/chmod", ["-R", "u+rwX,go-w", "--", folder], { env: {} });
};
