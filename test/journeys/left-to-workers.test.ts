import { chmod, rm, writeFile } from "node:fs/promises";
import path from "node:path";

import Database from "better-sqlite3";
import { expect, test } from "vitest";

import { relayOrders } from "../../src/harness/orders/relay-orders.ts";
import { leaveRun } from "../../src/harness/orders/run-order.ts";
import { serveOrders } from "../../src/harness/orders/serve-orders.ts";
import { stopRun } from "../../src/harness/run/stop-run.ts";
import { runId } from "../../src/workflow/ids.ts";
import { jsonOf, runCto } from "../cli/cli.ts";
import { commitsOf, expectEvidence, expectNothing, factsOf, withApproved } from "./ended.ts";
import { approveBy, endOf, openSwitches, POLICY, runOnce } from "./ground.ts";

const WORKER = ["worker", "--once", "--json"];

test("a run that is left to a worker waits under its own word, is performed by it, and awaits its outcome", async () => {
  await withApproved(async ({ ground, world, base }) => {
    const given = { home: ground.home, env: openSwitches("scripted") };
    const left = jsonOf(await runCto(["run", "CTO-WORK-049", "--detach", "--json"], given));
    expect(left).toMatchObject({ run: "R-049-01", state: "queued" });
    const status = jsonOf(await runCto(["status", "--json"], given));
    expect(status).toMatchObject({
      running: [{ run: "R-049-01", state: "queued", word: "Waits for a worker, place 1 of 1" }],
    });
    const work = jsonOf(await runCto(["work", "show", "CTO-WORK-049", "--json"], given));
    expect(work).toMatchObject({ state: "queued" });

    const worked = await runCto(WORKER, given);
    expect(jsonOf(worked)).toMatchObject({ claimed: 1, done: 1, givenBack: 0 });
    expect(worked.exit).toBe(0);
    await expectEvidence(world, runId(ground.work, 1), "awaiting_outcome");
    expect(commitsOf(ground).at(-1)).toBe(base);
    expect(commitsOf(ground)).toHaveLength(2);
    expect(jsonOf(await runCto(WORKER, given))).toMatchObject({ claimed: 0, done: 0 });
  });
});

test("a run that was stopped while it waited ends without an agent; the engine's memory may be lost meanwhile", async () => {
  await withApproved(async ({ ground, world, before }) => {
    const env = openSwitches("scripted");
    expect(
      jsonOf(await runCto(["run", "CTO-WORK-049", "--detach", "--json"], { home: ground.home, env })),
    ).toMatchObject({
      state: "queued",
    });
    const run = runId(ground.work, 1);
    expect(await stopRun(world, run, "not today")).toMatchObject({ kind: "waits" });
    expect(jsonOf(await runCto(["show", run, "--json"], { home: ground.home }))).toMatchObject({ state: "stopping" });
    await world.engine.close();
    for (const end of ["", "-wal", "-shm"]) await rm(path.join(ground.home, `.cto/engine.db${end}`), { force: true });
    await relayOrders(world);
    expect(endOf(await runOnce(world, ground))).toEqual(["stopped"]);
    expect((await factsOf(world, run)).filter(({ type }) => type === "backend.started")).toEqual([]);
    await expectEvidence(world, run, "stopped");
    await expectNothing(world, ground, before);
  });
});

test("where policy orders on approval a worker orders each approval once, also one that its gate refuses", async () => {
  await withApproved(async ({ ground, world }) => {
    await ground.edit(POLICY, "schema: cto/policy/v1", "schema: cto/policy/v1\norders:\n  execute: on-approval");
    // The approval was given under other bytes of the policy: its gate says so.
    const given = { home: ground.home, env: openSwitches("scripted") };
    expect(jsonOf(await runCto(WORKER, given))).toMatchObject({ claimed: 1, done: 1 });
    expect(await world.store.run(runId(ground.work, 1))).toMatchObject({ ending: "blocked" });
    expect(jsonOf(await runCto(WORKER, given))).toMatchObject({ claimed: 0 });

    expect(await approveBy(world, ground)).toEqual([]);
    expect(jsonOf(await runCto(WORKER, given))).toMatchObject({ claimed: 1, done: 1 });
    expect(await world.store.run(runId(ground.work, 2))).toMatchObject({ ending: "awaiting_outcome" });
  });
});

test("two who order one work item get one run", async () => {
  await withApproved(async ({ ground, world }) => {
    const other = await ground.open();
    const both = await Promise.all([leaveRun(world, ground.work), leaveRun(other, ground.work)]);
    await other.store.close();
    expect(both.map((left) => left.ok)).toContain(true);
    expect(await world.store.runs({})).toHaveLength(1);
  });
});

test("a worker takes no run of a target that its environment does not open, and may be given the switches of several", async () => {
  await withApproved(async ({ ground, world }) => {
    const left = await leaveRun(world, ground.work);
    expect(left.ok).toBe(true);
    const { home } = ground;
    expect(jsonOf(await runCto(WORKER, { home }))).toMatchObject({ claimed: 0 });
    const elsewhere = openSwitches("scripted", ".sot/03-PROTOCOLS/CTO-ABSENT-ADMISSION.json");
    expect(jsonOf(await runCto(WORKER, { home, env: elsewhere }))).toMatchObject({ claimed: 0 });
    expect(await world.engine.queue()).toMatchObject([{ status: "queued" }]);

    const file = async (name: string, lines: readonly string[]): Promise<string> => {
      await writeFile(path.join(ground.root, name), lines.join("\n"));
      return path.join(ground.root, name);
    };
    const open = await file("open.env", ["# of the sample", ...linesOf(openSwitches("scripted"))]);
    const other = await file("other.env", linesOf(elsewhere));
    const wrong = await file("wrong.env", ["NAME=value", "export OTHER"]);
    const said = await runCto(["worker", "--once", "--switches", wrong], { home });
    expect([said.exit, said.stderr]).toEqual([2, expect.stringContaining("line 2")]);
    const shared = await file("shared.env", linesOf(openSwitches("scripted")));
    await chmod(shared, 0o666);
    const refused = await runCto(["worker", "--once", "--switches", shared], { home });
    expect([refused.exit, refused.stderr]).toEqual([2, expect.stringContaining("may be written by others")]);
    const both = ["--switches", other, "--switches", open];
    expect(jsonOf(await runCto([...WORKER, ...both], { home, env: elsewhere }))).toMatchObject({ claimed: 1, done: 1 });
    expect(await world.store.run(runId(ground.work, 1))).toMatchObject({ ending: "awaiting_outcome" });
  });
});

test("a worker that is told to end gives back what still runs, also one that would end by itself", async () => {
  await withApproved(async ({ ground, world }) => {
    await ground.plays([{ hang: true }]);
    expect((await leaveRun(world, ground.work)).ok).toBe(true);
    const serving = await ground.open();
    const stop = new AbortController();
    const served = await serveOrders(serving, {
      concurrency: 1,
      until: "idle",
      stop: stop.signal,
      drainMs: 500,
      tell: ({ kind }) => {
        if (kind === "begins") stop.abort();
      },
    });
    await serving.store.close();
    expect(served).toMatchObject({ claimed: 1, done: 0, givenBack: 1 });
    expect(await world.engine.status(runId(ground.work, 1), "execute")).toBe("queued");
    expect(await world.store.run(runId(ground.work, 1))).toMatchObject({ ending: null });
  });
});

test("an order of a run that the ledger does not know fails, and its worker goes on with the others", async () => {
  await withApproved(async ({ ground, world }) => {
    const run = runId(ground.work, 1);
    const stray = {
      run: runId(ground.work, 77),
      kind: "execute",
      work: ground.work,
      priority: -1,
      owner: "jp",
    } as const;
    expect((await leaveRun(world, ground.work)).ok).toBe(true);
    const [left] = await world.engine.queue();
    await world.engine.start({ ...stray, target: "another", site: left?.site ?? "" });
    const worked = await runCto(WORKER, { home: ground.home, env: openSwitches("scripted") });
    expect([worked.exit, jsonOf(worked)]).toMatchObject([0, { claimed: 2, done: 1 }]);
    expect(await world.engine.status(stray.run, "execute")).toBe("failed");
    expect(await world.store.run(run)).toMatchObject({ ending: "awaiting_outcome" });
  });
});

test("a run that its engine holds for done while the ledger has it open is told, and nobody waits for it", async () => {
  await withApproved(async ({ ground, world }) => {
    expect((await leaveRun(world, ground.work)).ok).toBe(true);
    const orders = new Database(path.join(ground.home, ".cto/engine.db"));
    orders.prepare("update orders set status = 'done'").run();
    orders.close();
    await expect(runOnce(world, ground)).rejects.toMatchObject({ code: "engine/unavailable" });
    await world.engine.close();
    for (const end of ["", "-wal", "-shm"]) await rm(path.join(ground.home, `.cto/engine.db${end}`), { force: true });
    await relayOrders(world);
    expect(endOf(await runOnce(world, ground))).toEqual(["awaiting_outcome"]);
  });
});

test("switches that lead to no file open nothing, and no command breaks on them", async () => {
  await withApproved(async ({ ground }) => {
    for (const place of [".sot", "/etc/passwd", ".sot/absent.json"]) {
      const given = { home: ground.home, env: openSwitches("scripted", place) };
      expect((await runCto(["status", "--json"], given)).exit).toBe(0);
    }
  });
});

const linesOf = (environment: Readonly<Record<string, string>>): readonly string[] =>
  Object.entries(environment).map(([name, value]) => `${name}=${value}`);
