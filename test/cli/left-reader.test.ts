import { spawn } from "node:child_process";
import path from "node:path";

import { expect, test } from "vitest";

const CTO = path.join(import.meta.dirname, "../../bin/cto.mjs");

/** `cto …` whose reader leaves before the first word. */
const leftAlone = (...args: readonly string[]): Promise<{ readonly code: number | null; readonly said: string }> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [CTO, ...args], { stdio: ["ignore", "pipe", "pipe"], timeout: 30_000 });
    let said = "";
    child.stdout.destroy();
    child.stderr.on("data", (bytes: Buffer) => (said += bytes.toString("utf8")));
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, said }));
  });

test.each([["explain"], ["--help"], ["explain", "states", "--json"]])(
  "R128 a reader who leaves ends no command: cto %s",
  async (...args) => {
    expect(await leftAlone(...args)).toEqual({ code: 0, said: "" });
  },
);
