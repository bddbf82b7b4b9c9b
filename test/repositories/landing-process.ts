import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";

import { checkOut } from "../../src/adapters/target/checkout.ts";
import { openDoor } from "../../src/adapters/target/door.ts";
import { unfinishedPrefix } from "../../src/adapters/target/durable-file.ts";
import { LANDING_STEPS, type Landing } from "../../src/adapters/target/landing.ts";
import { openLedgerClone, readRef } from "../../src/adapters/target/ledger-clone.ts";
import { oneAtATime } from "../../src/adapters/target/one-at-a-time.ts";
import { runRef } from "../../src/adapters/target/plumb-commit.ts";
import { treeChanges } from "../../src/adapters/target/tree-changes.ts";
import type { Permit } from "../../src/workflow/gate/permit.ts";
import { targetOf } from "./target-run.ts";

/** What a process of a trial is given, as a JSON file named by its one argument. */
export interface LandingOrder {
  readonly stateFolder: string;
  readonly permit: Permit;
  /** The last thing it does before it is killed, or `everything` for one that may live. */
  readonly upTo: string;
}

const die = (): void => void process.kill(process.pid, "SIGKILL");

const { stateFolder, permit, upTo } = JSON.parse(readFileSync(process.argv[2]!, "utf8")) as LandingOrder;
const { realPath: repository, branch, head: from } = permit.admission.observation;
const ledger = await openLedgerClone(stateFolder, repository);
const to = (await readRef(ledger, runRef(permit.run)))!;

if (upTo === "everything") {
  const target = targetOf(stateFolder);
  const done = await target.commit(permit, { commit: to, tree: permit.admission.observation.tree, parent: from });
  process.stdout.write(done.ok ? done.value.commit : JSON.stringify(done.refusals));
} else {
  const door = await openDoor(repository, branch);
  const { run, epochSeconds } = permit;
  const before = permit.admission.observation;
  const landing: Landing = { run, repository, branch, ledger, door: door.gitDir, from, to, epochSeconds, before };
  await oneAtATime(path.join(ledger, "landing.lock"), async () => {
    for (const step of LANDING_STEPS) {
      if (upTo === "first file" && step.name === "files") {
        const [first] = await treeChanges(ledger, from, to);
        await checkOut(landing, first!);
        die();
      }
      if (upTo === `half of ${step.name}`) {
        writeFileSync(path.join(mkdtempSync(unfinishedPrefix(landing)), "whole"), "half");
        die();
      }
      const refusals = await step.act(landing);
      if (refusals.length > 0) throw new Error(JSON.stringify(refusals));
      if (upTo === step.name) die();
    }
  });
}
