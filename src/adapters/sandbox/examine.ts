import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";

import type { StageFiles } from "../../seams/sandbox.ts";
import { confineOnce } from "./confine-once.ts";

/** `examine` where the files lie in a folder of the host: one more bubblewrap over them. */
export const examineFolder =
  (folder: string, ledger: string): StageFiles["examine"] =>
  async (argv) => {
    const stage = await mkdtemp(`${tmpdir()}/cto-examine-`);
    try {
      const { stdout } = await confineOnce(argv, {
        readOnly: [
          { host: ledger, inside: "/run/cto/ledger.git" },
          { host: folder, inside: "/run/cto/workspace" },
        ],
        writable: [{ host: stage, inside: "/run/cto/stage" }],
      });
      return stdout;
    } finally {
      await rm(stage, { recursive: true, force: true });
    }
  };
