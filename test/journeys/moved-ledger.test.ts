import { readFile, rm, stat } from "node:fs/promises";
import path from "node:path";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { serveOrders } from "../../src/harness/orders/serve-orders.ts";
import { jsonOf, runCto, type Said } from "../cli/cli.ts";
import { openAssistant, type Assistant } from "../mcp/assistant.ts";
import { freshDatabase, onDatabase, POSTGRES, type Database } from "../postgres.ts";
import { admit, approveBy, endOf, HONEST_STEPS, makeGround, openSwitches, runOnce, type Ground } from "./ground.ts";

describe.skipIf(POSTGRES === undefined)("a home whose ledger is moved", () => {
  let ground: Ground;
  let server: Database;
  beforeAll(async () => {
    ground = await makeGround();
    server = await freshDatabase();
  });
  afterAll(async () => {
    await server.giveBack();
    await ground.close();
  });

  const cto = (line: string): Promise<Said> =>
    runCto([...line.split(" "), "--home", ground.home], { cwd: ground.root });

  /** A whole run, with what its agent does. */
  const performed = async (steps: readonly object[]): Promise<readonly string[]> => {
    await ground.plays(steps);
    const world = await ground.open();
    try {
      expect(await approveBy(world, ground)).toEqual([]);
      return endOf(await runOnce(world, ground));
    } finally {
      await world.store.close();
    }
  };

  /** What an auditor and a reader are told, whatever the ledger lies in. */
  const told = async (...runs: readonly string[]): Promise<object> => {
    const check = jsonOf(await cto("store check --json"));
    expect(check).toMatchObject({ holds: true, problems: [] });
    const audit = jsonOf(await cto("audit verify --json"));
    expect(audit).toMatchObject({ verdict: "PASS", alarms: [], rootHash: check["rootHash"], size: check["size"] });
    const verified = await Promise.all(runs.map(async (run) => jsonOf(await cto(`verify ${run} --json`))["verdict"]));
    expect(verified).toEqual(runs.map(() => "PASS"));
    return { root: check["rootHash"], size: check["size"], audit, verified, runs: jsonOf(await cto("runs --json")) };
  };

  /** An assistant is told that what it was given of the home is old, and nothing else. */
  const expectLeftBehind = async (assistant: Assistant): Promise<void> => {
    const answer = await assistant.call("cto_status");
    expect(answer).toMatchObject({ isError: true, text: expect.stringMatching(/goes on elsewhere|moved/) });
    await expect(assistant.client.readResource({ uri: "cto://inbox" })).rejects.toThrow(/goes on elsewhere|moved/);
    await assistant.close();
  };

  test(
    "is led to the server and back with one root, and the next run goes on there",
    { timeout: 180_000 },
    async () => {
      const world = await ground.open();
      await admit(world, ground);
      await world.store.close();
      expect((await performed([{ write: "elsewhere.txt", content: "x" }]))[0]).toBe("voided");
      const before = await told("R-049-01");

      const moved = await cto(`store copy --to ${server.url}`);
      expect(moved).toMatchObject({ exit: 0, stderr: "" });
      expect(moved.stdout).toMatch(/^moved {5}postgresql:\/\/cto@\/test_\w+ +\d+ entries, root \S+\nfrom /);
      const services = path.join(ground.home, ".cto/services.json");
      expect(JSON.parse(await readFile(services, "utf8"))).toMatchObject({ store: { url: server.url } });
      expect((await stat(services)).mode & 0o777).toBe(0o600);
      expect(await told("R-049-01")).toEqual(before);

      expect(await performed(HONEST_STEPS)).toEqual(["awaiting_outcome"]);
      const after = await told("R-049-01", "R-049-02");
      expect(after).not.toMatchObject({ root: Reflect.get(before, "root") });

      // What was opened before sees that its home goes on elsewhere.
      const served = Promise.withResolvers<void>();
      const pages = runCto(["serve", "--port", "0", "--home", ground.home], {
        cwd: ground.root,
        heard: () => served.resolve(),
      });
      await Promise.race([served.promise, pages]);
      const working = await ground.open(openSwitches("scripted"));
      const serves = Promise.withResolvers<void>();
      const worker = serveOrders(working, {
        concurrency: 1,
        until: "stopped",
        stop: new AbortController().signal,
        drainMs: 0,
        tell: ({ kind }) => (kind === "serves" ? serves.resolve() : undefined),
      });
      await Promise.race([serves.promise, worker]);
      const other = await openAssistant(ground.home);
      expect((await other.call("cto_status")).isError).toBe(false);
      expect(await cto("store copy --to sqlite")).toMatchObject({ exit: 0, stderr: "" });
      await expect(worker).rejects.toMatchObject({ code: "store/moved" });
      await working.store.close();
      expect(await pages).toMatchObject({ exit: 4, stderr: expect.stringContaining("store/moved") });
      expect(await told("R-049-01", "R-049-02")).toEqual(after);
      await expectLeftBehind(other);
      const left = onDatabase(server.url, "select nspname from pg_namespace where nspname ~ '^cto_[0-9a-f]{24}$'");
      expect(await left, "what was there stays").toHaveLength(1);
    },
  );

  test("says what keeps it where it is, and what it may be led to", async () => {
    expect(await cto("store copy --to sqlite")).toMatchObject({
      exit: 3,
      stderr: expect.stringContaining("refused   ledger/same-place"),
    });
    expect(await cto("store copy --to mysql://x/y")).toMatchObject({ exit: 2, stdout: "" });
    const secret = await cto("store copy --to postgresql://cto:hunter2@localhost/cto");
    expect(secret).toMatchObject({ exit: 2, stderr: expect.stringContaining("holds a password") });
    expect(secret.stderr).not.toContain("hunter2");
    const nobody = `postgresql://cto@/cto?host=${ground.root}`;
    expect(await cto(`store copy --to ${nobody}`)).toMatchObject({
      exit: 4,
      stderr: expect.stringContaining("store/unreachable"),
    });
    expect(await cto("store migrate")).toMatchObject({ exit: 0, stdout: expect.stringContaining("nothing to do") });
    expect(await cto("store check")).toMatchObject({ exit: 0, stdout: expect.stringMatching(/^PASS/) });
  });

  test("has no second ledger begun where one was moved away from", async () => {
    expect(await cto(`store copy --to ${server.url}`)).toMatchObject({ exit: 0 });
    await rm(path.join(ground.home, ".cto/services.json"));
    const lost = await cto("status");
    expect(lost).toMatchObject({ exit: 4, stderr: expect.stringContaining("store/moved") });
  });
});
