import { chmod, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";

import Database from "better-sqlite3";
import { afterAll, beforeAll, expect, test } from "vitest";

import { BUNDLE_TABLE } from "../../src/workflow/evidence/bundle-table.ts";
import { FORMATS } from "../../src/workflow/formats.ts";
import { makeGround, POLICY, type Ground } from "../journeys/ground.ts";
import { jsonOf, lookInto, runCto, STEERING } from "./cli.ts";

let ground: Ground;
beforeAll(async () => {
  ground = await makeGround();
  await lookInto(ground.home, () => Promise.resolve());
  await laid("R-049-01", { schema: "cto/bundle/v1", files: [{ path: "report.json", schema: "cto/report/v1" }] });
});
afterAll(() => ground.close());

const laid = async (run: string, manifest: object | string): Promise<void> => {
  const folder = path.join(ground.home, ".cto/runs", run);
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, "SHA256SUMS"), "");
  await writeFile(path.join(folder, "bundle.json"), typeof manifest === "string" ? manifest : JSON.stringify(manifest));
  await chmod(folder, 0o755);
};

const checked = (): ReturnType<typeof runCto> => runCto(["upgrade-check"], { home: ground.home });

interface Row {
  readonly format: string;
  readonly files: number;
  readonly reads: boolean;
  readonly writes: boolean;
}
const rows = async (): Promise<readonly Row[]> =>
  jsonOf(await runCto(["upgrade-check", "--json"], { home: ground.home }))["formats"] as readonly Row[];

test("each form of a home is listed with how many there are and what this version does with it", async () => {
  const said = await checked();
  expect(said).toMatchObject({ exit: 0, stderr: "" });
  expect(said.stdout).toMatch(/This version reads all of it\.\n$/);
  expect(await rows()).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ format: "cto/policy/v1", files: 1, reads: true }),
      expect.objectContaining({ format: "cto/bundle/v1", files: 1, reads: true, writes: true }),
      expect.objectContaining({ format: "cto/report/v1", files: 1, reads: true, writes: true }),
      expect.objectContaining({ format: expect.stringMatching(/^ledger schema \d+$/), reads: true, writes: true }),
    ]),
  );
});

test.each<readonly [what: string, unknown: string, lay: () => Promise<() => Promise<void>>]>([
  [
    "a ledger of a later version",
    "ledger schema 99",
    async () => {
      const version = String(pragma());
      pragma("user_version = 99");
      return () => Promise.resolve(void pragma(`user_version = ${version}`));
    },
  ],
  ["a later bundle", "cto/bundle/v2", () => bundle({ schema: "cto/bundle/v2", files: [] })],
  [
    "a later report in a bundle of today",
    "cto/report/v9",
    () => bundle({ schema: "cto/bundle/v1", files: [{ path: "report.json", schema: "cto/report/v9" }] }),
  ],
  ["a bundle that is no JSON", "unreadable", () => bundle("{")],
  ["a bundle whose manifest is a list", "unreadable", () => bundle("[]")],
  ["a later policy", "cto/policy/v2", () => document(POLICY, "schema: cto/policy/v2\n")],
  ["a policy that is no YAML", "unreadable", () => document(POLICY, "a: [\n")],
  ["services of a later version", "services.json v2", () => document(".cto/services.json", '{"schemaVersion": 2}')],
  [
    "an admission of a later version",
    "cto/admission/v7",
    () => document(".sot/03-PROTOCOLS/CTO-X-ADMISSION.json", '{"schema": "cto/admission/v7"}'),
  ],
  [
    "a ledger that is no database",
    "ledger: store/corrupt",
    () => document(".cto/ledger.db", "no database at all, but a text of some length"),
  ],
  [
    "a form whose name steers a terminal",
    "<U+001B>[31m<U+202E>",
    () => document(".sot/03-PROTOCOLS/CTO-X-ADMISSION.json", '{"schema": "\\u001b[31m\\u202e"}'),
  ],
])("%s is told, exit 3, and nothing changes", async (_, unknown, lay) => {
  const undo = await lay();
  try {
    const said = await checked();
    expect(said.exit).toBe(3);
    expect(said.stdout).toContain(`unknown`);
    expect(said.stdout).toContain(unknown);
    expect(said.stdout.replaceAll("\n", "")).not.toMatch(STEERING);
    expect(said.stdout).toContain("next      cto doctor");
  } finally {
    await undo();
  }
  expect((await checked()).exit).toBe(0);
});

test("every form that the file table of a bundle names is known", () => {
  const known = new Set(FORMATS.map(({ format }) => format));
  for (const { schema } of BUNDLE_TABLE) if (schema !== null) expect(known).toContain(schema);
  expect(known.size).toBe(FORMATS.length);
});

const pragma = (change?: string): unknown => {
  const database = new Database(path.join(ground.home, ".cto/ledger.db"));
  try {
    return database.pragma(change ?? "user_version", { simple: true });
  } finally {
    database.close();
  }
};

const bundle = async (manifest: object | string): Promise<() => Promise<void>> => {
  await laid("R-049-02", manifest);
  return () => rm(path.join(ground.home, ".cto/runs/R-049-02"), { recursive: true });
};

const document = async (name: string, text: string): Promise<() => Promise<void>> => {
  const file = path.join(ground.home, name);
  const before = await readFile(file).catch(() => undefined);
  await writeFile(file, text);
  return () => (before === undefined ? rm(file) : writeFile(file, before));
};
