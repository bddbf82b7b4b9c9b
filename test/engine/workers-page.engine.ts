import { execFile, execFileSync } from "node:child_process";
import { chmodSync, chownSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";

import { expect, test } from "vitest";

import { POSTGRES } from "../postgres.ts";
import { makeSoakHome, orderlessRound } from "./soak-home.ts";
import { tallyOf } from "./soak-tally.ts";

const PAGE = readFileSync(path.join(import.meta.dirname, "../../docs/workers.md"), "utf8");

/** A block of commands of the page, as it is written there. */
const blockOf = (name: string): string => {
  const [, block] = new RegExp(`\`\`\`sh ${name}\n([^]*?)\`\`\``).exec(PAGE) ?? [];
  if (block === undefined) throw new Error(`docs/workers.md has no block ${name}`);
  return block;
};

const CTO = path.join(import.meta.dirname, "cto-process.ts");

test.skipIf(POSTGRES === undefined)(
  "the commands of docs/workers.md bring up a server and two workers, which perform what was left to them",
  { timeout: 300_000 },
  async () => {
    const folder = mkdtempSync(path.join(tmpdir(), "cto-page-"));
    const asPostgres = process.getuid?.() === 0 ? ["--reuid=postgres", "--regid=postgres", "--clear-groups"] : [];
    if (asPostgres.length > 0) {
      const id = (flag: string): number => Number(execFileSync("id", [flag, "postgres"], { encoding: "utf8" }));
      chownSync(folder, id("-u"), id("-g"));
    }
    const pg = { cwd: folder, env: { PATH: `${POSTGRES}:/usr/bin:/bin`, LC_ALL: "C.UTF-8" } };
    const home = await makeSoakHome();
    const bin = path.join(home.ground.root, "bin");
    try {
      execFileSync("setpriv", [...asPostgres, "bash", "-ec", blockOf("pg")], pg);
      const works = await orderlessRound(home, 1);
      expect(works.slice(0, 2)).toEqual(["CTO-WORK-101", "CTO-WORK-102"]);
      await home.world.store.close();
      execFileSync("mkdir", [bin]);
      writeFileSync(
        path.join(bin, "cto"),
        `#!/bin/sh\nexec '${process.execPath}' '${CTO}' "$@" --home '${home.ground.home}'\n`,
      );
      chmodSync(path.join(bin, "cto"), 0o755);
      const wait =
        'for i in $(seq 600); do cto runs --json | grep -q "awaiting_outcome.*awaiting_outcome" && break; sleep 0.3; done';
      const { stdout, stderr } = await promisify(execFile)(
        "bash",
        ["-ec", `${blockOf("workers")}\n${wait}\nkill %1 %2; wait\ncto runs --json`],
        {
          cwd: home.ground.root,
          env: { PATH: `${bin}:/usr/bin:/bin`, HOME: home.ground.root, PG: path.join(folder, "pg") },
          timeout: 240_000,
        },
      );
      const last: unknown = JSON.parse(stdout.trim().split("\n").at(-1) ?? "");
      const awaited = { state: "awaiting_outcome" };
      expect({ last, stderr }).toMatchObject({ last: { runs: [awaited, awaited] } });
      const world = await home.ground.open();
      expect(await tallyOf({ ...home, world })).toMatchObject({
        runs: 2,
        verified: 2,
        wrongCommits: [],
        approvalsUsedTwice: [],
        lostEvents: [],
        wrongRecords: [],
      });
      await world.store.close();
    } finally {
      const stop = ["pg_ctl", "-D", path.join(folder, "pg"), "-m", "fast", "-w", "stop"];
      execFileSync("setpriv", [...asPostgres, ...stop], { ...pg, stdio: "ignore" });
      rmSync(folder, { recursive: true, force: true });
      await home.close();
    }
  },
);
