import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";

import type { StageOrder } from "../../seams/sandbox.ts";
import { COVERS, ETC_FILES } from "./bubblewrap-args.ts";
import { checkInsidePath } from "./host-paths.ts";

/** The folder of one stage on the host: what is laid in, and the place where its sources are gathered. */
export interface ControlFolder {
  readonly path: string;
  readonly gathering: string;
  /** Where the n-th file of the order lies, by its path inside. */
  readonly laid: readonly { readonly host: string; readonly inside: string }[];
  remove(): Promise<void>;
}

export const makeControlFolder = async (stateFolder: string, files: StageOrder["files"]): Promise<ControlFolder> => {
  for (const file of files) checkInsidePath(file.path);
  await mkdir(`${stateFolder}/stages`, { recursive: true, mode: 0o700 });
  const outer = await mkdtemp(`${stateFolder}/stages/`);
  const path = `${outer}/control`;
  // Readable by whichever uid the stage gets; nobody else can walk through the 0700 folder around it.
  await readableFolder(path);
  await readableFolder(`${path}/laid`);
  await mkdir(`${outer}/sources`, { mode: 0o700 });
  for (const name of ETC_FILES) await readableFile(`${path}/${name}`, ETC[name]);
  await writeFile(`${path}/${COVERS["unreadable-file"]}`, "");
  await chmod(`${path}/${COVERS["unreadable-file"]}`, 0);
  await mkdir(`${path}/${COVERS["unreadable-folder"]}`);
  await chmod(`${path}/${COVERS["unreadable-folder"]}`, 0);
  await readableFolder(`${path}/${COVERS["empty-folder"]}`);
  const laid = files.map((file, at) => ({ host: `${path}/laid/${at}`, inside: file.path, content: file.content }));
  for (const { host, content } of laid) await readableFile(host, content);
  return { path, gathering: `${outer}/sources`, laid, remove: () => rm(outer, { recursive: true, force: true }) };
};

const ETC: Readonly<Record<(typeof ETC_FILES)[number], string>> = {
  passwd: "agent:x:1000:1000::/home/agent:/bin/sh\nnobody:x:65534:65534::/nonexistent:/bin/false\n",
  group: "agent:x:1000:\nnogroup:x:65534:\n",
  hosts: "127.0.0.1 localhost sandbox\n::1 localhost\n",
  "nsswitch.conf": "passwd: files\ngroup: files\nhosts: files\n",
  gitconfig: "[user]\n\tname = agent\n\temail = agent@sandbox.invalid\n[init]\n\tdefaultBranch = main\n",
};

// Modes are set after the making, so that no umask of the operator decides.
const readableFolder = async (path: string): Promise<void> => {
  await mkdir(path);
  await chmod(path, 0o755);
};

const readableFile = async (path: string, content: string | Uint8Array): Promise<void> => {
  await writeFile(path, content);
  await chmod(path, 0o555);
};
