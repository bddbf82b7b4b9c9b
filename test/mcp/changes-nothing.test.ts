import { createHash } from "node:crypto";
import { lstatSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";

import Database from "better-sqlite3";
import {
  anything,
  array,
  assert,
  asyncProperty,
  constantFrom,
  dictionary,
  integer,
  oneof,
  record,
  string,
} from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";

import {
  admit,
  approveBy,
  endOf,
  HONEST_STEPS,
  makeGround,
  openSwitches,
  runOnce,
  type Ground,
} from "../journeys/ground.ts";
import { openAssistant, type Assistant } from "./assistant.ts";

const WORK = "CTO-WORK-049";
const RUN = "R-049-01";

// A voided run behind it and an approval that waits: every gate but the assistant's own is open, the owner's key at hand.
let ground: Ground;
let assistant: Assistant;
beforeAll(async () => {
  ground = await makeGround();
  const world = await ground.open(openSwitches("scripted"));
  await admit(world, ground);
  await ground.plays([{ write: "setup.cfg", content: "[x]\n" }]);
  expect(await approveBy(world, ground)).toEqual([]);
  expect(endOf(await runOnce(world, ground))[0]).toBe("voided");
  await ground.plays(HONEST_STEPS);
  expect(await approveBy(world, ground)).toEqual([]);
  await world.store.close();
  assistant = await openAssistant(ground.home, { ...openSwitches("scripted"), CTO_KEY: ground.key });
}, 60_000);
afterAll(async () => {
  await assistant.close();
  await ground.close();
});

/** Every entry of home and target by type, mode, times and bytes; what SQLite keeps beside its file for readers excepted. */
const everything = (): readonly string[] =>
  [ground.home, ground.target].flatMap((folder) =>
    readdirSync(folder, { recursive: true, withFileTypes: true }).flatMap((entry) => {
      const file = path.join(entry.parentPath, entry.name);
      if (/ledger\.db-(?:wal|shm)$/.test(file)) return [];
      const { mode, mtimeMs, size } = lstatSync(file);
      const bytes = entry.isFile() ? readFileSync(file) : entry.isSymbolicLink() ? readlinkSync(file) : "";
      const digest = createHash("sha256").update(bytes).digest("hex");
      return [`${file} ${mode} ${entry.isDirectory() ? "folder" : size} ${mtimeMs} ${digest}`];
    }),
  );

/** Every row of every table of the ledger. */
const rows = (): string => {
  const database = new Database(path.join(ground.home, ".cto/ledger.db"), { readonly: true });
  try {
    const tables = database.prepare("select name from sqlite_master where type = 'table' order by name").pluck().all();
    return JSON.stringify(tables.map((table) => database.prepare(`select * from "${String(table)}"`).all()));
  } finally {
    database.close();
  }
};

const GOOD: readonly (readonly [string, Readonly<Record<string, unknown>>])[] = [
  ["cto_status", {}],
  ["cto_search", { query: "slugify" }],
  ["cto_list_packets", {}],
  ["cto_get_packet", { work: WORK }],
  ["cto_diff_packet", { work: WORK }],
  ["cto_lint_packet", { work: WORK }],
  ["cto_lint_packet", { text: "# no packet" }],
  ["cto_explain_gate", { work: WORK }],
  ["cto_list_runs", {}],
  ["cto_get_run", { run: RUN }],
  ["cto_get_timeline", { run: RUN }],
  ["cto_read_evidence", { run: RUN }],
  ["cto_read_evidence", { run: RUN, name: "report.json" }],
  ["cto_verify_run", { run: RUN }],
  ["cto_get_replay_paths", { run: RUN }],
  ["cto_explain", { code: "policy/unlisted-path" }],
];

test("every tool answers", async () => {
  for (const [name, given] of GOOD) expect([name, (await assistant.call(name, given)).isError]).toEqual([name, false]);
  const { tools } = await assistant.client.listTools();
  expect(new Set(GOOD.map(([name]) => name))).toEqual(new Set(tools.map(({ name }) => name)));
});

test("no sequence of calls with any arguments changes a byte of home or target, or a row of the ledger", async () => {
  const files = everything();
  const ledger = rows();
  expect(files.length).toBeGreaterThan(50);
  for (const [name, given] of GOOD) await assistant.call(name, given);

  const value = oneof(
    {
      weight: 4,
      arbitrary: constantFrom(WORK, RUN, "report.md", "../../etc/passwd", "approved", "states", 0, 1, 65_536),
    },
    { weight: 1, arbitrary: anything({ maxDepth: 1 }) },
    { weight: 1, arbitrary: string({ unit: "binary", maxLength: 30 }) },
    { weight: 1, arbitrary: integer() },
  );
  const members = constantFrom("work", "run", "name", "offset", "length", "query", "code", "text", "against", "limit");
  const call = oneof(
    {
      weight: 6,
      arbitrary: record({
        tool: constantFrom(...GOOD.map(([name]) => name)),
        given: dictionary(members, value, { maxKeys: 4 }),
      }),
    },
    {
      weight: 2,
      arbitrary: record({
        uri: oneof(
          string(),
          constantFrom(`cto://w/${WORK}`, `cto://r/${RUN}/report.md`, "cto://inbox", "file:///etc/passwd"),
        ),
      }),
    },
    {
      weight: 1,
      arbitrary: record({
        prompt: constantFrom("draft_packet", "review_run", "x"),
        words: dictionary(members, string(), { maxKeys: 3 }),
      }),
    },
  );
  const ask = async (one: object): Promise<unknown> => {
    const { client } = assistant;
    if ("tool" in one && "given" in one)
      return client.callTool({
        name: String(one.tool),
        arguments: JSON.parse(JSON.stringify(one.given ?? {})) as Record<string, unknown>,
      });
    if ("uri" in one) return client.readResource({ uri: String(one.uri) });
    if ("prompt" in one && "words" in one)
      return client.getPrompt({ name: String(one.prompt), arguments: one.words as Record<string, string> });
    throw new Error("what is asked?");
  };
  await assert(
    asyncProperty(array(call, { minLength: 1, maxLength: 5 }), async (calls) => {
      // An error of the protocol is an answer too.
      await Promise.all(calls.map((one) => ask(one).catch(() => "refused")));
      expect(rows()).toBe(ledger);
    }),
    { numRuns: 25 },
  );
  expect(everything()).toEqual(files);
}, 60_000);

test("the gate tells when the sandbox was last tried; where nobody tried it, it is not tried now", async () => {
  const probe = path.join(ground.home, ".cto/sandbox-probe.json");
  const seen = await assistant.call("cto_explain_gate", { work: WORK });
  expect(seen.told["sandboxSeenAt"]).toBe(new Date(lstatSync(probe).mtimeMs).toISOString());
  rmSync(probe);
  const before = everything();
  // A probe is remembered by the process that made it.
  const other = await openAssistant(ground.home);
  const unseen = await other.call("cto_explain_gate", { work: WORK });
  await other.close();
  expect(unseen.told["sandboxSeenAt"]).toBe("never");
  expect(unseen.told["checks"]).toContainEqual(expect.objectContaining({ name: "sandbox", status: "not-observed" }));
  expect(everything()).toEqual(before);
});

test("no private key is opened: every tool answers where they are none", async () => {
  for (const role of ["harness", "verifier"]) writeFileSync(path.join(ground.home, `.cto/keys/${role}.key`), "no key");
  for (const [name, given] of GOOD) expect([name, (await assistant.call(name, given)).isError]).toEqual([name, false]);
});
