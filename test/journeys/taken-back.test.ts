import { appendFile, cp, readFile } from "node:fs/promises";
import path from "node:path";

import Database from "better-sqlite3";
import { expect, test } from "vitest";

import { makeKey } from "../../src/adapters/keys/make-key.ts";
import { compose } from "../../src/compose.ts";
import { keptRecord } from "../../src/harness/evidence/later-records.ts";
import { SIGNERS_PATH } from "../../src/harness/home/read-facts.ts";
import { decideOutcome, type OutcomeOrder } from "../../src/harness/outcome/decide-outcome.ts";
import { rollbackRun } from "../../src/harness/outcome/rollback.ts";
import type { World } from "../../src/harness/world.ts";
import type { Digest } from "../../src/workflow/digest.ts";
import { runId, type RunId } from "../../src/workflow/ids.ts";
import { OUTCOME_NAMESPACE } from "../../src/workflow/outcome/outcome-record.ts";
import { commitsOf, withApproved } from "./ended.ts";
import { endOf, runOnce, type Ground } from "./ground.ts";

/** A world whose process is killed in place of the n-th addendum, from 0. */
const dyingAt = (world: World, nth: number): World => {
  let attached = 0;
  const attach: World["archive"]["attach"] = async (...given) => {
    if (attached++ === nth) throw new Error("killed");
    await world.archive.attach(...given);
  };
  return { ...world, archive: { ...world.archive, attach } };
};

const addendum = async (world: World, run: RunId, name: string): Promise<string> => {
  const bytes = await world.archive.peek(run, "addenda", name, 1_000_000);
  return bytes === "absent" ? "absent" : new TextDecoder().decode(bytes);
};

/** The world as a ledger that tells of another rejection would give it; the chain holds. */
const telling = (world: World, digests: Readonly<Record<"record" | "signature", Digest>>): World => {
  const records: World["store"]["records"] = async (filter) =>
    (await world.store.records(filter)).map((leaf) => (leaf.type === "outcome.rejected" ? { ...leaf, digests } : leaf));
  return { ...world, store: { ...world.store, records } };
};

/** Other words of a rejection, signed with a key and kept. */
const signed = async (world: World, text: string, key: string): Promise<Record<"record" | "signature", Digest>> => {
  const record = new TextEncoder().encode(text);
  const signature = await world.keys.askHumanToSign(record, OUTCOME_NAMESPACE, key);
  if (!signature.ok) throw new Error("not signed");
  return world.store.transact(async (ledger) => ({
    record: await ledger.keep("outcome", record),
    signature: await ledger.keep("signature", signature.value),
  }));
};

/** A copy of the home in which one record of the ledger was changed by hand. */
const changedCopy = async (ground: Ground): Promise<World> => {
  const home = path.join(ground.root, "changed");
  await cp(ground.home, home, { recursive: true });
  const database = new Database(path.join(home, ".cto/ledger.db"));
  for (const name of database.prepare("select name from sqlite_master where type = 'trigger'").pluck().all())
    database.exec(`drop trigger ${String(name)}`);
  database
    .prepare("update ledger set body = replace(body, 'not today', 'not ever') where body like '%not today%'")
    .run();
  database.close();
  return compose({ home, environment: {}, terminal: false, mode: "write" });
};

test("R119 R121 a rejection is whole after any kill, and only the owner's own, of this run, takes a commit back", async () => {
  await withApproved(async ({ ground, world, base }) => {
    expect(endOf(await runOnce(world, ground))).toEqual(["awaiting_outcome"]);
    const run = runId(ground.work, 1);
    const tip = commitsOf(ground);
    const order: OutcomeOrder = {
      run,
      outcome: "rejected",
      reason: "not today",
      acknowledged: [],
      words: undefined,
      key: ground.key,
    };

    // Killed before the record lies beside the bundle, then before its signature does.
    await expect(decideOutcome(dyingAt(world, 0), order)).rejects.toThrow("killed");
    expect(await addendum(world, run, "outcome.json")).toBe("absent");
    await expect(decideOutcome(dyingAt(world, 1), order)).rejects.toThrow("killed");
    expect(await addendum(world, run, "outcome.json.sig")).toBe("absent");
    const again = { ok: false, refusals: [{ code: "outcome/already-recorded" }] };
    expect(await decideOutcome(world, order)).toMatchObject(again);
    const rejection = (await world.store.leaves(0)).find(({ type }) => type === "outcome.rejected");
    const kept = await keptRecord(world, rejection);
    if (kept === "absent" || kept.signature === "absent") throw new Error("it was recorded");
    const record = new TextDecoder().decode(kept.record);
    expect(await addendum(world, run, "outcome.json")).toBe(record);
    expect(await addendum(world, run, "outcome.json.sig")).toBe(new TextDecoder().decode(kept.signature));

    const bob = path.join(ground.root, "bob");
    await makeKey(bob, "bob");
    const [type, base64] = (await readFile(`${bob}.pub`, "utf8")).split(" ");
    await appendFile(path.join(ground.home, SIGNERS_PATH), `bob namespaces="${OUTCOME_NAMESPACE}" ${type} ${base64}\n`);
    const accepted = record
      .replace('"outcome":"rejected"', '"outcome":"accepted"')
      .replace(
        '"sentence":null',
        `"sentence":"I accept the outcome of ${ground.work} run ${run} at commit ${tip[0]?.slice(0, 7)}."`,
      );
    const refused = [
      ["outcome/not-the-owner", telling(world, await signed(world, record, bob))],
      [
        "outcome/record-unreadable",
        telling(world, await signed(world, record.replaceAll(run, "R-049-02"), ground.key)),
      ],
      ["outcome/record-unreadable", telling(world, await signed(world, accepted, ground.key))],
      ["gate/ledger-broken", await changedCopy(ground)],
    ] as const;
    for (const [code, otherwise] of refused)
      for (const mode of ["dry-run", "real"] as const) {
        expect(await rollbackRun(otherwise, run, mode)).toMatchObject({ ok: false, refusals: [{ code }] });
        expect(commitsOf(ground)).toEqual(tip);
      }
    await refused[3][1].store.close();

    // Killed after the commit that takes it back and before its addendum: the same again, once.
    await expect(rollbackRun(dyingAt(world, 2), run, "real")).rejects.toThrow("killed");
    const rolled = commitsOf(ground);
    expect(rolled.slice(1)).toEqual(tip);
    expect(await rollbackRun(world, run, "real")).toMatchObject({ ok: true, value: { rollbackCommit: rolled[0] } });
    expect(commitsOf(ground)).toEqual(rolled);
    expect(JSON.parse(await addendum(world, run, "rollback.json"))).toMatchObject({
      run,
      reverts: tip[0],
      rollbackCommit: rolled[0],
      clean: true,
    });
    expect(await world.store.work(ground.work)).toMatchObject({ state: "rolled_back" });
    expect(base).toBe(tip[1]);
  });
});
