import { execFile } from "node:child_process";
import { homedir, tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";

import { CANARY } from "../../test/hostile/sandbox-fixture.ts";
import type { AttackRow } from "./attack-rows.ts";

/** All rows of one peer, or why none could be taken here. */
export type Played = readonly AttackRow[] | { readonly unable: string };

const PLAY_TIMEOUT_MS = 600_000;

/** Every attack on one of them, by a process whose own environment holds secrets. */
export const playedOn = async (id: string): Promise<Played> => {
  process.stdout.write(`  attacks: ${id}\n`);
  try {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [path.join(import.meta.dirname, "attack-process.ts"), id],
      {
        env: {
          CTO_SECRET: `${CANARY}harness`,
          SSH_AUTH_SOCK: "/nowhere/agent.sock",
          HOME: homedir(),
          PATH: "/usr/bin:/bin",
          TMPDIR: tmpdir(),
        },
        maxBuffer: 16_777_216,
        timeout: PLAY_TIMEOUT_MS,
      },
    );
    return JSON.parse(stdout) as readonly AttackRow[];
  } catch (error) {
    const said = error instanceof Error ? error.message.split("\n").find((line) => line.includes("Error:")) : undefined;
    return { unable: said ?? "its attacks did not come to an end" };
  }
};
