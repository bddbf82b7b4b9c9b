import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdtemp, readdir, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";

import Database from "better-sqlite3";
import { afterEach, beforeEach, expect, test } from "vitest";

import { handClock } from "../../../test/fakes/clock.ts";
import { noteSigner } from "../../../test/fakes/note-signer.ts";
import { ledgerOrigin, proofText, signedCheckpoint } from "../../workflow/checkpoint.ts";
import { digestOf } from "../../workflow/digest.ts";
import { workId } from "../../workflow/ids.ts";
import type { Instant } from "../../workflow/instant.ts";
import { ledgerStart, type LedgerEntry } from "../../workflow/ledger.ts";
import { leafHash, treeOver } from "../../workflow/merkle.ts";
import { openStore } from "./kysely-store.ts";
import { MIGRATIONS } from "./migrations.ts";

const homeId = "01JZ0000000000000000000000";
const clock = handClock();
const now = (): Instant => clock.now();
const signer = () => Promise.resolve(noteSigner());
const work = workId("CTO-WORK-049")!;
const TABLES = ["documents", "facts", "ledger", "claims", "attempts", "seals"] as const;

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "cto-store-"));
  file = path.join(folder, "ledger.db");
});
afterEach(() => rm(folder, { recursive: true }));

const entry = (type: LedgerEntry["type"]): LedgerEntry => ({ type, actor: "jp", channel: "cli", work });

/** A ledger with three leaves and a row in every table that only grows. */
const filled = async (): Promise<void> => {
  const store = await openStore(file, { homeId, now, signer });
  await store.transact(async (ledger) => {
    for (const type of ["work.listed", "approval.recorded", "approval.withdrawn"] as const)
      await ledger.appendLeaf(entry(type));
    await ledger.keep("x", new Uint8Array([1]));
    await ledger.claimOnce("nonce", "n", "c");
    const holder = { pid: 1, pidStart: "1", bootId: "b", host: "h" };
    const row = {
      kind: "execute",
      work,
      targetId: "t",
      ofRun: null,
      orderedAt: "x",
      epochSeconds: 1,
      holder,
      summary: {},
    } as const;
    const opened = await ledger.openRun(row);
    if ("locked" in opened) return;
    await ledger.beginAttempt(opened.run, "gate", holder, "unfenced");
    await ledger.seal({ run: opened.run, revision: 1, sums: digestOf(""), bytes: 1, proof: "" });
  });
  await store.close();
  const raw = new Database(file);
  raw.prepare("insert into facts values ('R-049-01', 0, 't', 'l', 's')").run();
  raw.close();
};

const byHand = (sql: string): void => {
  const raw = new Database(file);
  raw.exec(sql);
  raw.close();
};

const checked = async (): Promise<readonly number[]> => {
  const store = await openStore(file, { homeId, now, signer, readOnly: true });
  try {
    return await store.check();
  } finally {
    await store.close();
  }
};

test.each(TABLES)(
  "R017 R137 the table %s only grows: update, delete and insert or replace are refused",
  async (table) => {
    await filled();
    const raw = new Database(file);
    raw.pragma("recursive_triggers = on");
    const column = (raw.pragma(`table_info(${table})`) as { readonly name: string }[])[0]!.name;
    const before = raw.prepare(`select * from ${table}`).all();
    expect(before).not.toEqual([]);
    const refused = `${table} is append-only`;
    expect(() => raw.exec(`update ${table} set ${column} = ${column}`)).toThrow(refused);
    expect(() => raw.exec(`delete from ${table}`)).toThrow(refused);
    expect(() => raw.exec(`insert or replace into ${table} select * from ${table}`)).toThrow(refused);
    expect(raw.prepare(`select * from ${table}`).all()).toEqual(before);
    raw.close();
  },
);

test("an approval is consumed in one leaf only, and a ledger opened once", async () => {
  const store = await openStore(file, { homeId, now, signer });
  const { work: _, ...home } = entry("ledger.opened");
  await store.transact((ledger) => ledger.appendLeaf(home));
  await expect(store.transact((ledger) => ledger.appendLeaf(home))).rejects.toThrow(/UNIQUE/);
  await store.close();
});

const UNLOCKED = "drop trigger ledger_no_update; drop trigger ledger_no_delete;";

test.each<readonly [string, string, readonly number[]]>([
  ["nothing", "", []],
  ["a body", `update ledger set body = replace(body, 'jp', 'xy') where seq = 2`, [2, 3]],
  ["the last body", `update ledger set body = replace(body, 'jp', 'xy') where seq = 3`, [3]],
  ["a type column", `update ledger set type = 'run.sealed' where seq = 2`, [2]],
  ["a work column", `update ledger set work_id = null where seq = 1`, [1]],
  ["a dropped row", `delete from ledger where seq = 2`, [3]],
  ["a dropped tail", `delete from ledger where seq = 3`, [3]],
  ["an emptied ledger", `delete from ledger; update ledger_head set sha256 = '${ledgerStart(homeId)}'`, [3]],
  [
    "two rows swapped",
    `update ledger set seq = 9 where seq = 2; update ledger set seq = 2 where seq = 3; update ledger set seq = 3 where seq = 9`,
    [2, 3],
  ],
  ["a head set back", `update ledger_head set seq = 2`, [2]],
  ["no head", `delete from ledger_head`, [0]],
  ["a state", `update work_items set state = 'approved'`, [3]],
  ["a last run", `update work_items set run_id = 'R-049-01'`, [3]],
  ["an invented work item", `insert into work_items values ('CTO-WORK-050', 'approved', 1, null)`, [0]],
])("R137 edited by hand, %s: check names the place", async (_, sql, wrong) => {
  await filled();
  byHand(UNLOCKED + sql);
  expect(await checked()).toEqual(wrong);
});

const HEAD_OF = "(select seq from ledger_head)";

test.each<readonly [string, () => string, readonly number[]]>([
  ["a rewritten chain, with digests and head made to fit", () => rewritten(), [3]],
  ["the tree of the head", () => `update ledger_head set frontier = '${"A".repeat(43)}='`, [3]],
  ["the whole head forgotten", () => `update ledger_head set frontier = '', note = ''`, [3]],
  ["a note of another key", () => `update ledger_head set note = '${noteBy(2)}'`, [3]],
  [
    "a note of an earlier size",
    () => `update ledger_head set note = replace(note, char(10) || '3', char(10) || '2')`,
    [3],
  ],
])("R137 the signed head does not vouch for %s", async (_, sql, wrong) => {
  await filled();
  expect(await checked()).toEqual([]);
  byHand(UNLOCKED + sql());
  expect(await checked()).toEqual(wrong);
});

const rowsNow = (): readonly { readonly seq: number; readonly body: string }[] => {
  const raw = new Database(file, { readonly: true });
  const rows = raw.prepare("select seq, body from ledger order by seq").all() as { seq: number; body: string }[];
  raw.close();
  return rows;
};

/** Everything that a writer of the file can do: another first record, and all digests after it. */
const rewritten = (): string => {
  let prev: string = ledgerStart(homeId);
  const statements = rowsNow().map(({ seq, body }) => {
    const text = body.replace(/"prev":"\w+"/, `"prev":"${prev}"`).replace('"jp"', '"xy"');
    const before = prev;
    prev = digestOf(text);
    return `update ledger set body = '${text}', sha256 = '${prev}', prev = '${before}' where seq = ${seq};`;
  });
  return `${statements.join("\n")} update ledger_head set sha256 = '${prev}' where seq = ${HEAD_OF};`;
};

const noteBy = (seed: number): string => {
  const tree = treeOver(rowsNow().map(({ body }) => leafHash(body)));
  const rootHash = Buffer.from(tree.rootAt(tree.size)).toString("base64");
  return signedCheckpoint({ origin: ledgerOrigin(homeId), size: tree.size, rootHash }, noteSigner(seed));
};

test("R137 the head is signed over the tree of all records, and every record comes with its proof", async () => {
  const store = await openStore(file, { homeId, now, signer });
  const leaves = [];
  for (let n = 0; n < 20; n += 1)
    leaves.push(await store.transact((ledger) => ledger.appendLeaf({ ...entry("packet.linted"), actor: `jp ${n}` })));
  const tree = treeOver(leaves.map(({ text }) => leafHash(text)));
  for (const { seq, proof } of leaves) {
    const at = { origin: ledgerOrigin(homeId), size: seq, rootHash: Buffer.from(tree.rootAt(seq)).toString("base64") };
    const note = signedCheckpoint(at, noteSigner());
    expect(proof).toBe(proofText(seq - 1, tree.inclusion(seq - 1, seq), note));
    if (seq === 20) expect(await store.head()).toMatchObject({ checkpoint: at, note });
  }
  await store.close();
});

test("a ledger from before its heads were signed gets its tree with the next record", async () => {
  await filled();
  byHand(`update ledger_head set frontier = '', note = ''`);
  const store = await openStore(file, { homeId, now, signer });
  await store.transact((ledger) => ledger.appendLeaf(entry("packet.linted")));
  expect(await store.check()).toEqual([]);
  await store.close();
});

test("a head whose tree cannot be read is extended by nobody", async () => {
  await filled();
  byHand(`update ledger_head set frontier = 'AAAA'`);
  const store = await openStore(file, { homeId, now, signer });
  await expect(store.transact((ledger) => ledger.appendLeaf(entry("packet.linted")))).rejects.toMatchObject({
    code: "store/corrupt",
  });
  await store.close();
});

test("R137 a whole chain of another home is not this home's ledger", async () => {
  await filled();
  await expect(openStore(file, { homeId: "another", now, signer })).rejects.toMatchObject({ code: "store/corrupt" });
});

test("a ledger of a newer version is left alone", async () => {
  await filled();
  byHand(`pragma user_version = ${MIGRATIONS.length + 1}`);
  await expect(openStore(file, { homeId, now, signer })).rejects.toMatchObject({ code: "store/unknown-version" });
  await expect(openStore(file, { homeId, now, signer, readOnly: true })).rejects.toMatchObject({
    code: "store/unknown-version",
  });
});

test.each<readonly [string, () => Promise<unknown>, string]>([
  ["no database", () => writeFile(file, "this is no database".repeat(99)), "store/corrupt"],
  [
    "a cut file",
    async () => {
      await filled();
      await writeFile(file, readFileSync(file).subarray(0, 5000));
    },
    "store/corrupt",
  ],
])("%s is a Failure with its code", async (_, make, code) => {
  await make();
  const use = async (): Promise<unknown> => {
    const store = await openStore(file, { homeId, now, signer });
    try {
      return await store.leaves(0);
    } finally {
      await store.close();
    }
  };
  await expect(use()).rejects.toMatchObject({ code });
});

test("a row that this program does not write is a Failure, not a default", async () => {
  await filled();
  byHand(`update work_items set state = 'promoted'`);
  const store = await openStore(file, { homeId, now, signer });
  await expect(store.work(work)).rejects.toMatchObject({ code: "store/corrupt" });
  byHand(`update runs set holder = '{}'`);
  await expect(store.runs({})).rejects.toMatchObject({ code: "store/corrupt" });
  byHand(`drop trigger documents_no_update; update documents set body = x'02'`);
  await expect(store.document(digestOf(new Uint8Array([1])))).rejects.toMatchObject({ code: "store/corrupt" });
  await store.close();
});

test("for reading only, an absent ledger is empty and is not made", async () => {
  const store = await openStore(file, { homeId, now, signer, readOnly: true });
  expect([await store.leaves(0), await store.works(), await store.runs({}), await store.check()]).toEqual([
    [],
    [],
    [],
    [],
  ]);
  expect(() => store.transact(async () => 1)).toThrow(TypeError);
  await store.close();
  expect(await readdir(folder)).toEqual([]);
});

test("for reading only, a ledger is read while another one writes", async () => {
  await filled();
  const reader = await openStore(file, { homeId, now, signer, readOnly: true });
  const writer = await openStore(file, { homeId, now, signer });
  expect(await reader.leaves(0)).toHaveLength(3);
  await writer.transact((ledger) => ledger.appendLeaf(entry("approval.recorded")));
  expect(await reader.leaves(0)).toHaveLength(4);
  await writer.close();
  await reader.close();
});

test("the ledger's file is the owner's alone, and a folder that is not there is a Failure", async () => {
  await filled();
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  const nowhere = path.join(folder, "absent", "ledger.db");
  await expect(openStore(nowhere, { homeId, now, signer })).rejects.toMatchObject({ code: "home/unreadable" });
  await symlink(folder, path.join(folder, "dir.db"));
  await expect(openStore(path.join(folder, "dir.db"), { homeId, now, signer })).rejects.toMatchObject({
    code: "home/unreadable",
  });
});

test("R137 a ledger that lost all its leaves is not this home's any more", async () => {
  await filled();
  byHand(`${UNLOCKED} delete from ledger`);
  await expect(checked()).rejects.toMatchObject({ code: "store/corrupt" });
});

test("a disk that takes no more is store/no-space, and what was there stays", async () => {
  await filled();
  const program = path.join(import.meta.dirname, "../../../test/fixtures/store-process.ts");
  // A file size limit is the full disk that any user can make.
  const { stdout } = await promisify(execFile)("bash", [
    "-c",
    `ulimit -f 300; exec "$@"`,
    "-",
    process.execPath,
    program,
    "fill",
    file,
    "R-049-01",
  ]);
  expect(stdout.trim()).toBe("store/no-space");
  expect(await checked()).toEqual([]);
});
