import { copyFile, readdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { parseRunId } from "../../src/workflow/ids.ts";
import { handClock } from "../fakes/clock.ts";
import { gateCodes, isBlocked } from "./support/blocked.ts";
import { approve, openField, runTrial, type Field } from "./support/field.ts";
import { openFields } from "./support/fields.ts";

const firstRun = parseRunId("R-049-01");

const { field, close } = openFields();
afterAll(close);

describe("an approval that was spent", { timeout: 120_000 }, () => {
  let one: Field;
  let yesterday: string;
  const inHome = (name: string): string => path.join(one.ground.home, ".cto", name);
  const reopen = async (change: () => Promise<unknown>): Promise<void> => {
    await one.world.store.close();
    await change();
    one = { ...one, world: await one.ground.open() };
  };
  beforeAll(async () => {
    one = await openField();
    await approve(one, []);
    yesterday = path.join(one.ground.root, "ledger-of-yesterday.db");
    await reopen(() => copyFile(inHome("ledger.db"), yesterday));
    expect((await runTrial(one)).codes).toEqual(["voided", "policy/no-change"]);
  });
  afterAll(async () => {
    await one.world.store.close();
    await one.ground.close();
  });

  test("approval-replay: it starts no second run (R049)", async () => {
    const again = await isBlocked(one, "approval/consumed");
    expect(again.refusals).toMatchObject([{ facts: { run: "R-049-01" } }]);
  });

  test("approval-replay: its record and signature, recorded once more, start none", async () => {
    const recorded = (await one.world.store.leaves(0)).find(({ type }) => type === "approval.recorded");
    if (recorded === undefined) throw new Error("there is no approval to copy");
    const { type, actor, channel, work, approvalId, digests, detail } = recorded;
    await one.world.store.transact((ledger) =>
      ledger.appendLeaf({
        type,
        actor,
        channel,
        ...(work && { work }),
        ...(approvalId && { approvalId }),
        ...(digests && { digests }),
        ...(detail && { detail }),
      }),
    );
    await isBlocked(one, "approval/consumed");
  });

  test("approval-replay: where the file of its lock is removed, the ledger still knows", async () => {
    const files = await readdir(inHome("consumed"));
    expect(files).toHaveLength(1);
    await rm(inHome(`consumed/${files[0]}`));
    await isBlocked(one, "approval/consumed");
    await writeFile(inHome(`consumed/${files[0]}`), "R-049-01\n");
  });

  test("approval-replay: where the ledger of before is put back, the file still knows, and no id is used twice", async () => {
    if (firstRun === undefined) throw new Error("a fixture is wrong");
    const sealed = await one.world.archive.open({ run: firstRun });
    await reopen(async () => {
      for (const name of ["ledger.db-wal", "ledger.db-shm"]) await rm(inHome(name), { force: true });
      await copyFile(yesterday, inHome("ledger.db"));
    });
    const again = await isBlocked(one, "approval/consumed");
    expect(again.refusals).toMatchObject([{ facts: { run: "R-049-01" } }]);
    expect(again.result.run).not.toBe(firstRun);
    expect(await one.world.archive.open({ run: firstRun })).toEqual(sealed);
  });
});

describe("an approval and time", { timeout: 120_000 }, () => {
  test("approval-expired: it works until the last moment and one second later no more, whatever is done to the clock (R048)", async () => {
    const opened = await field({ policy: [["approvalExpiryMs: 86400000", "approvalExpiryMs: 3600000"]] });
    const clock = handClock(new Date().toISOString());
    const one: Field = { ...opened, world: { ...opened.world, clock } };
    const { work } = one.ground;
    await approve(one, []);
    const approvedAt = clock.now().epochMs;
    clock.pass(3_600_000 - 1);
    expect(await gateCodes(one.world, work)).toEqual([]);
    clock.setWall(approvedAt + 60_000);
    expect(await gateCodes(one.world, work)).toEqual(["gate/clock-disagrees"]);
    clock.setWall(approvedAt - 1);
    expect(await gateCodes(one.world, work)).toEqual(["gate/clock-disagrees"]);
    clock.setWall(approvedAt + 3_600_000 - 1);
    clock.pass(1001);
    await isBlocked(one, "approval/expired");
    expect(await one.world.store.work(work)).toMatchObject({ state: "candidate" });
    clock.setWall(approvedAt + 60_000);
    clock.reboot();
    await isBlocked(one, "gate/work-not-approved");
  });
});
