import { execFile, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";

import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { STORES } from "../fakes/store.ts";

const PROGRAM = path.join(import.meta.dirname, "../fixtures/store-process.ts");

const inProcess = async (act: string, file: string, run: string): Promise<string> => {
  const { stdout } = await promisify(execFile)(process.execPath, [PROGRAM, act, file, run]);
  return stdout.trim();
};

const forty = Array.from({ length: 40 }, (_, at) => `R-049-${String(at + 10)}`);

test("R046 of forty processes that link one approval's file, one wins", { timeout: 120_000 }, async () => {
  const folder = await mkdtemp(path.join(tmpdir(), "cto-consumed-"));
  const answers = await Promise.all(forty.map((run) => inProcess("consume", folder, run)));
  expect(answers.toSorted()).toEqual([...Array.from({ length: 39 }, () => "lost"), "won"]);
  await rm(folder, { recursive: true });
});

describe.each(STORES)("processes over $name", ({ name, make, placeOfNone }) => {
  let store: Awaited<ReturnType<typeof make>>;
  beforeEach(async () => {
    store = await make();
  });
  afterEach(() => store.close());

  // The driver of PostgreSQL takes long to load in each process, and a file is where writers starve each other.
  const claimants = name === "SQLite" ? forty : forty.slice(0, 8);

  test(`R046 of ${claimants.length} processes that claim one approval, one wins`, { timeout: 120_000 }, async () => {
    const answers = await Promise.all(claimants.map((run) => inProcess("claim", store.file, run)));
    expect(answers.filter((word) => word === "won")).toHaveLength(1);
    expect(answers.filter((word) => word === "lost")).toHaveLength(claimants.length - 1);
    expect(await store.leaves(0)).toHaveLength(claimants.length);
    expect(await store.check()).toEqual([]);
  });

  test("processes that open a new ledger at once make one ledger", { timeout: 120_000 }, async () => {
    const place = await placeOfNone();
    const answers = await Promise.all(claimants.slice(0, 10).map((run) => inProcess("claim", place, run)));
    expect(answers.filter((word) => word === "won")).toHaveLength(1);
  });

  test("R133 kill -9 inside a transaction leaves nothing of it, after it leaves all of it", async () => {
    await expect(inProcess("half", store.file, "R-049-01")).rejects.toMatchObject({
      signal: "SIGKILL",
      stdout: "inside\n",
    });
    expect(await store.leaves(0)).toEqual([]);
    await expect(inProcess("whole", store.file, "R-049-02")).rejects.toMatchObject({ signal: "SIGKILL" });
    expect(await store.leaves(0)).toMatchObject([{ seq: 1, actor: "R-049-02" }]);
    expect(await store.transact((ledger) => ledger.claimOnce("commit", "R-049-01", "somebody else"))).toBe(true);
    expect(await store.check()).toEqual([]);
  });

  test("a ledger that another process holds is waited for, then busy, and the same command may be given again", async () => {
    const other = spawn(process.execPath, [PROGRAM, "hold", store.file, "R-049-01"], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    await new Promise((resolve) => other.stdout.once("data", resolve));
    const write = (): Promise<unknown> =>
      store.transact((ledger) => ledger.appendLeaf({ type: "ledger.opened", actor: "jp", channel: "cli" }));
    await expect(write()).rejects.toMatchObject({ code: "store/busy", retry: true });
    const waiting = write();
    other.stdin.end("done");
    expect(await waiting).toMatchObject({ seq: 1 });
  });
});
