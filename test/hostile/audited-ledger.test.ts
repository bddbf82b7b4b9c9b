import { copyFile, cp, readdir, rename, rm } from "node:fs/promises";
import path from "node:path";

import Database from "better-sqlite3";
import { afterAll, beforeAll, expect, test } from "vitest";

import { compose } from "../../src/compose.ts";
import { readAudit, type AuditView } from "../../src/harness/home/read-audit.ts";
import { REVOKED_PATH, SIGNERS_PATH } from "../../src/harness/home/read-facts.ts";
import { decideOutcome } from "../../src/harness/outcome/decide-outcome.ts";
import type { World } from "../../src/harness/world.ts";
import { digestOf } from "../../src/workflow/digest.ts";
import { runId } from "../../src/workflow/ids.ts";
import { ledgerStart } from "../../src/workflow/ledger.ts";
import { readTrustRoot } from "../../src/workflow/trust-root.ts";
import { makeKey } from "../fixtures/ssh.ts";
import { admit, approveBy, endOf, makeGround, runOnce, type Ground } from "../journeys/ground.ts";

let ground: Ground;
let world: World;
let copies = 0;
beforeAll(async () => {
  ground = await makeGround();
  world = await ground.open();
  await admit(world, ground);
  expect(await approveBy(world, ground)).toEqual([]);
  expect(endOf(await runOnce(world, ground))).toEqual(["awaiting_outcome"]);
  const no = { outcome: "rejected", reason: "not today", acknowledged: [], words: undefined } as const;
  expect(await decideOutcome(world, { ...no, run: runId(ground.work, 1), key: ground.key })).toMatchObject({
    ok: true,
  });
  await world.store.transact((ledger) => ledger.appendLeaf({ type: "command.refused", actor: "jp", channel: "cli" }));
}, 180_000);
afterAll(async () => {
  await world.store.close();
  await ground.close();
});

/** A copy of the whole home, changed while nobody has it open, and then read as an auditor does. */
const audited = async (change: (home: string) => Promise<void> | void): Promise<AuditView> => {
  copies += 1;
  const home = path.join(ground.root, `copy-${copies}`);
  await cp(ground.home, home, { recursive: true });
  await change(home);
  const copy = await compose({ home, environment: {}, terminal: false, mode: "read" });
  try {
    return await readAudit(copy, await trustOf(copy));
  } finally {
    await copy.store.close();
  }
};

const trustOf = async (of: World): Promise<Parameters<typeof readAudit>[1]> => {
  const trust = readTrustRoot(await of.home.read(SIGNERS_PATH), await of.home.read(REVOKED_PATH));
  if (!trust.ok) throw new Error("the home has no trust root");
  return trust.value;
};

const inDatabase = (home: string, act: (database: Database.Database) => void): void => {
  const database = new Database(path.join(home, ".cto/ledger.db"));
  const triggers = database.prepare("select name from sqlite_master where type = 'trigger'").pluck().all();
  for (const name of triggers) database.exec(`drop trigger ${String(name)}`);
  act(database);
  database.close();
};

const codes = ({ alarms }: AuditView): ReadonlySet<string> => new Set(alarms.map(({ code }) => code));

test("R137 an honest ledger passes, and what is newer than the owner's outcome is said to be sealed by nobody", async () => {
  const view = await audited(() => undefined);
  expect(view).toMatchObject({ verdict: "PASS", alarms: [], seals: 2, unknownSigners: 0, keys: 1 });
  if (view.sealedBy === "none") throw new Error("the owner has signed an outcome");
  expect(view.sealedBy.what).toBe("the outcome of R-049-01");
  // The outcome's own record, and the one that came after it.
  expect(view.checkpoint.size - view.sealedBy.size).toBe(2);
});

test("R137 a history rewritten in full is told by what the owner signed, whoever holds the Harness key", async () => {
  const view = await audited(async (home) => {
    inDatabase(home, (database) => {
      let prev: string = ledgerStart(world.homeId);
      const rows = database.prepare("select seq, body from ledger order by seq").all() as Row[];
      for (const { seq, body } of rows) {
        const text = body.replace(/"prev":"\w+"/, `"prev":"${prev}"`).replace('"work.listed"', '"packet.linted"');
        database
          .prepare("update ledger set body = ?, sha256 = ?, prev = ? where seq = ?")
          .run(text, digestOf(text), prev, seq);
        prev = digestOf(text);
      }
      database.prepare("update ledger_head set sha256 = ?, frontier = '', note = ''").run(prev);
    });
    // With the key of the Harness the head is signed again by the next record that anybody appends.
    const copy = await compose({ home, environment: {}, terminal: false, mode: "write" });
    await copy.store.transact((ledger) => ledger.appendLeaf({ type: "command.refused", actor: "x", channel: "cli" }));
    await copy.store.close();
  });
  expect(codes(view)).toEqual(new Set(["ledger/history-rewritten"]));
  expect(view.alarms.map(({ facts }) => facts["what"])).toEqual([
    expect.stringMatching(/^approval ap-\d+$/),
    "the outcome of R-049-01",
    // Its proofs of the consumption and of the seal are over two sizes of the tree.
    "the bundle of R-049-01",
    "the bundle of R-049-01",
  ]);
});

interface Row {
  readonly seq: number;
  readonly body: string;
}

test("R137 a ledger cut back to the day before is told by its locks, bundles and human records, though it holds in itself", async () => {
  const view = await audited(async (home) => {
    await rm(path.join(home, ".cto/ledger.db"));
    for (const name of await readdir(path.join(home, ".cto")))
      if (name.startsWith("ledger.db-")) await rm(path.join(home, ".cto", name));
  });
  expect(view.checkpoint.size).toBe(0);
  expect(codes(view)).toEqual(new Set(["ledger/truncated"]));
  expect(view.alarms.map(({ facts }) => facts["what"])).toEqual(
    expect.arrayContaining([
      expect.stringMatching(/^approval ap-/),
      "the outcome of R-049-01",
      "the bundle of R-049-01",
    ]),
  );
});

test("R137 a bundle whose list was changed is not the one whose seal the ledger recorded", async () => {
  const view = await audited(async (home) => {
    const bundle = path.join(home, ".cto/runs/R-049-01");
    await rename(bundle, `${bundle}.taken`);
    await cp(`${bundle}.taken`, bundle, { recursive: true });
    await rm(path.join(bundle, "SHA256SUMS"), { force: true });
    await copyFile(path.join(bundle, "VERIFY.md"), path.join(bundle, "SHA256SUMS"));
  });
  expect(view.alarms).toMatchObject([{ code: "ledger/truncated", facts: { what: "the bundle of R-049-01" } }]);
});

test("R137 with the trust of somebody else nothing is sealed by a human, and nothing is a pass", async () => {
  const stranger = makeKey(ground.root, "stranger");
  const text = new TextEncoder().encode(
    `eve namespaces="approval@cto-harness,outcome@cto-harness" ${stranger.publicKey}\n`,
  );
  const trust = readTrustRoot({ path: "--trust", bytes: text, digest: digestOf(text) }, "absent");
  if (!trust.ok) throw new Error("the fixture is wrong");
  const view = await readAudit(world, trust.value);
  expect(view).toMatchObject({ verdict: "NOT-PROVEN", sealedBy: "none", seals: 0, unknownSigners: 2, keys: 0 });
});
