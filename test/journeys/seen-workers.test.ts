import { stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";

import { expect, test } from "vitest";

import { holderOfThisProcess, isAlive } from "../../src/adapters/clock/holder.ts";
import { localEngine } from "../../src/adapters/engine/local-engine.ts";
import { targetIdOf } from "../../src/harness/admission/target-id.ts";
import { readOrderLimits } from "../../src/harness/orders/order-limits.ts";
import { leaveRun } from "../../src/harness/orders/run-order.ts";
import { readingOf } from "../../src/harness/reading/reading.ts";
import { shown } from "../../src/mcp/shown.ts";
import { runId } from "../../src/workflow/ids.ts";
import { visible } from "../../src/workflow/visible-text.ts";
import { jsonOf, runCto } from "../cli/cli.ts";
import { surfaceOver } from "../control-surface/surface.ts";
import { withApproved } from "./ended.ts";
import { openSwitches, POLICY } from "./ground.ts";

// Who else may write into the file of orders may be called anything.
const HOSTILE = "\u001b]0;mine\u0007\u001b[2Jjp\u202e <script>alert(1)</script>\nended     R-049-01";

test("a run says its queue, its place there and the worker that has it, on every surface, and a hostile name steers none", async () => {
  await withApproved(async ({ ground, world }) => {
    const RUN = runId(ground.work, 1);
    const { home } = ground;
    expect((await leaveRun(world, ground.work)).ok).toBe(true);
    const waits = { state: "queued", queue: "CTO-SAMPLE-TARGET", place: 1, of: 1 };
    expect(jsonOf(await runCto(["show", "R-049-01", "--json"], { home }))).toMatchObject({ order: waits });
    expect((await runCto(["show", "R-049-01"], { home })).stdout).toContain("place 1 of 1, queue of CTO-SAMPLE-TARGET");
    expect(jsonOf(await runCto(["status", "--json"], { home }))).toMatchObject({
      running: [{ order: waits }],
      workers: [],
    });

    const engine = localEngine({
      file: path.join(home, ".cto/engine.db"),
      worker: HOSTILE,
      sites: [targetIdOf(ground.target)],
      self: holderOfThisProcess(),
      isAlive,
      lookMs: 20,
    });
    const over = new AbortController();
    const offers = { confinement: "B", backends: ["scripted"], targets: [HOSTILE, "x".repeat(10_000)] } as const;
    await engine.work((_, { signal }) => holdUntil(AbortSignal.any([signal, over.signal])), 1, { offers });
    while ((await engine.status(RUN, "execute")) !== "running") await delay(10);

    const reading = readingOf(world);
    const [worker] = (await reading.workers()).workers;
    // What it offers is too long to be of ours: it is shown, and nothing that it says.
    expect(worker).toMatchObject({ id: HOSTILE, state: "serves", runs: [RUN], backends: [], targets: [] });
    const has = { state: "running", queue: "CTO-SAMPLE-TARGET", worker: HOSTILE };
    expect(jsonOf(await runCto(["runs", "--json"], { home }))).toMatchObject({ runs: [{ order: has }] });
    const surface = surfaceOver(world);
    expect(await (await surface.get("/api/workers")).json()).toEqual(
      JSON.parse(JSON.stringify(await reading.workers())),
    );
    surface.end();
    for (const words of [["status"], ["runs"], ["show", RUN]]) {
      const { stdout } = await runCto(words, { home });
      expect(stdout).toContain(visible(HOSTILE));
      expect(stdout).not.toMatch(/\p{Cf}|^ended/mu);
      expect(stdout).not.toContain("\u001b");
    }
    expect(JSON.stringify(shown(await reading.status()))).not.toMatch(/\\u001b|\u202e/u);
    over.abort();
    await engine.close();
    expect((await reading.workers()).workers).toEqual([]);
  });
});

test("no worker is called what no id may hold, and whoever only looks is called nothing", async () => {
  await withApproved(async ({ ground }) => {
    for (const name of [HOSTILE, "", "a/only/b", "x".repeat(101), "-rf", "ü"]) {
      const env = { ...openSwitches("scripted"), CTO_WORKER_ID: name };
      const { exit, stderr } = await runCto(["worker", "--once"], { home: ground.home, env });
      expect([name, exit, stderr]).toEqual([name, 4, expect.stringContaining("engine/worker-name")]);
      expect((await runCto(["status"], { home: ground.home, env })).exit).toBe(0);
    }
  });
});

const holdUntil = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    signal.addEventListener("abort", () => resolve(), { once: true });
    if (signal.aborted) resolve();
  });

test("policy.yaml bounds the runs that go on at once, and what says nothing bounds nothing", async () => {
  await withApproved(async ({ ground, world }) => {
    const none = { atOnce: Infinity, atOncePerOwner: Infinity };
    expect(await readOrderLimits(world)).toEqual(none);
    const orders = (text: string): Promise<void> =>
      ground.edit(POLICY, "schema: cto/policy/v1", `schema: cto/policy/v1\norders: ${text}`);
    await orders("{ atOnce: 3, atOncePerOwner: 2 }");
    expect(await readOrderLimits(world)).toEqual({ atOnce: 3, atOncePerOwner: 2 });
    expect((await leaveRun(world, ground.work)).ok).toBe(true);
    expect(await world.engine.queue()).toMatchObject([{ owner: "jp" }]);
    for (const wrong of [
      "{ atOnce: 0 }",
      "{ atOnce: 1.5 }",
      "{ atOncePerOwner: -1 }",
      "{ atOnce: 1e9 }",
      "{ most: 1 }",
    ]) {
      await ground.edit(POLICY, "orders: {", `orders: ${wrong}\n# {`);
      const said = await runCto(["gate", "CTO-WORK-049"], { home: ground.home });
      expect([wrong, said.exit, said.stdout + said.stderr]).toEqual([wrong, 3, expect.stringContaining("orders")]);
      await ground.edit(POLICY, `orders: ${wrong}\n# {`, "orders: {");
    }
  });
});

test("whoever only looks writes nothing into the file of orders, and orders nothing", async () => {
  await withApproved(async ({ ground, world }) => {
    const file = path.join(ground.home, ".cto/engine.db");
    await writeFile(file, "");
    for (const words of [["status"], ["runs"], ["work", "list"]])
      expect((await runCto(words, { home: ground.home })).exit).toBe(0);
    expect((await stat(file)).size).toBe(0);
    expect((await leaveRun(world, ground.work)).ok).toBe(true);
    const looks = localEngine({ file, use: "look", worker: "w", sites: [], self: holderOfThisProcess(), isAlive });
    const [order] = await looks.queue();
    if (order === undefined) throw new Error("nothing is ordered");
    await expect(looks.start(order)).rejects.toThrow(TypeError);
    await expect(looks.cancel(order.run, order.kind)).rejects.toThrow(TypeError);
    await expect(looks.work(() => Promise.resolve(), 1)).rejects.toThrow(TypeError);
    expect(await looks.queue()).toEqual(await world.engine.queue());
    await looks.close();
  });
});
