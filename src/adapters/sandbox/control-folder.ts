import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";

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

// Made without waiting: some twenty tiny files, each of which would otherwise wait its turn while a run is to begin.
export const makeControlFolder = (stateFolder: string, files: StageOrder["files"]): ControlFolder => {
  for (const file of files) checkInsidePath(file.path);
  mkdirSync(`${stateFolder}/stages`, { recursive: true, mode: 0o700 });
  const outer = mkdtempSync(`${stateFolder}/stages/`);
  const path = `${outer}/control`;
  // Readable by whichever uid the stage gets; nobody else can walk through the 0700 folder around it.
  readableFolder(path);
  readableFolder(`${path}/laid`);
  mkdirSync(`${outer}/sources`, { mode: 0o700 });
  for (const name of ETC_FILES) readableFile(`${path}/${name}`, ETC[name]);
  writeFileSync(`${path}/${COVERS["unreadable-file"]}`, "");
  chmodSync(`${path}/${COVERS["unreadable-file"]}`, 0);
  mkdirSync(`${path}/${COVERS["unreadable-folder"]}`);
  chmodSync(`${path}/${COVERS["unreadable-folder"]}`, 0);
  readableFolder(`${path}/${COVERS["empty-folder"]}`);
  const laid = files.map((file, at) => ({ host: `${path}/laid/${at}`, inside: file.path, content: file.content }));
  for (const { host, content } of laid) readableFile(host, content);
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
const readableFolder = (path: string): void => {
  mkdirSync(path);
  chmodSync(path, 0o755);
};

const readableFile = (path: string, content: string | Uint8Array): void => {
  writeFileSync(path, content);
  chmodSync(path, 0o555);
};
