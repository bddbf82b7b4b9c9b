import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { StageFiles } from "../../src/seams/sandbox.ts";

/**
 * Files in a folder, examined in the least confinement that does: nothing writable but its own folder. `enter` leads to
 * the namespace in which the folder is mounted.
 */
export const filesIn = (folder: string, ledger: string, enter: readonly string[] = []): StageFiles => ({
  folder,
  journal: undefined,
  examine: async (argv) => {
    const stage = await mkdtemp(join(tmpdir(), "cto-examine-"));
    try {
      return await outputOf([
        ...enter,
        "/usr/bin/bwrap",
        ...ALONE,
        ...SEEN,
        "--ro-bind",
        ledger,
        "/run/cto/ledger.git",
        "--ro-bind",
        folder,
        "/run/cto/workspace",
        "--bind",
        stage,
        "/run/cto/stage",
        "--",
        ...argv,
      ]);
    } finally {
      await rm(stage, { recursive: true, force: true });
    }
  },
});

const ALONE = ["--unshare-net", "--unshare-pid", "--unshare-ipc", "--die-with-parent", "--new-session", "--clearenv"];
const SEEN = ["--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", "--tmpfs", "/run"];

const outputOf = ([program = "", ...args]: readonly string[]): Promise<Uint8Array> =>
  new Promise((resolve) => {
    execFile(program, args, { encoding: "buffer" }, (_, stdout) => resolve(stdout));
  });
