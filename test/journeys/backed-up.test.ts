import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

import Database from "better-sqlite3";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";

import type { World } from "../../src/harness/world.ts";
import { digestOf } from "../../src/workflow/digest.ts";
import { tarEnd, tarHeader, tarPadding } from "../../src/workflow/evidence/ustar.ts";
import { backupText, readBackup, type HomeBackup } from "../../src/workflow/home-backup.ts";
import { runId } from "../../src/workflow/ids.ts";
import { jsonOf, runCto, type Said } from "../cli/cli.ts";
import { freshDatabase, POSTGRES } from "../postgres.ts";
import { admit, approveBy, endOf, makeGround, openSwitches, runOnce, type Ground } from "./ground.ts";

let ground: Ground;
let world: World;
beforeAll(async () => {
  ground = await makeGround();
  world = await ground.open();
  await admit(world, ground);
  expect(endOf(await runOnce(world, ground))).toContain("approval/absent");
  expect(await approveBy(world, ground)).toEqual([]);
});
afterAll(async () => {
  await world.store.close();
  execFileSync("chmod", ["-R", "u+w", ground.root]);
  await ground.close();
});

const at = (name: string): string => path.join(ground.root, name);
const cto = (...argv: readonly string[]): Promise<Said> => runCto(argv, { cwd: ground.root });
const backup = (file: string, ...flags: readonly string[]): Promise<Said> =>
  cto("backup", file, "--home", ground.home, ...flags);
const ran = (): ReturnType<typeof runId> => runId(ground.work, 2);

test("a backup that is made while a run goes on restores to a home that holds, at every moment", async () => {
  expect(await backup("earlier.tar", "--with-keys")).toMatchObject({ exit: 0 });
  const going = runOnce(world, ground);
  const over = { is: false };
  void going.then(() => (over.is = true));
  const seen = new Set<string>();
  for (let nth = 1; !over.is || nth === 1; nth += 1) {
    expect(await backup(`during-${nth}.tar`)).toMatchObject({ exit: 0 });
    const restored = await cto("restore", `during-${nth}.tar`, `during-${nth}`, "--json");
    expect([restored.stderr, restored.exit]).toEqual(["", 0]);
    seen.add(JSON.stringify(jsonOf(restored)["open"]));
  }
  expect(endOf(await going)).toEqual(["awaiting_outcome"]);
  expect(seen).toContain(JSON.stringify([ran()]));
});

test("a home that is restored verifies as the one that was backed up, and has its governance files byte for byte", async () => {
  expect(await backup("home.tar")).toMatchObject({ exit: 0, stdout: expect.stringContaining("no private keys") });
  expect(statSync(at("home.tar")).mode & 0o777).toBe(0o600);
  expect(await cto("restore", "home.tar", "restored")).toMatchObject({ exit: 0 });
  expect(await cto("audit", "verify", "--home", at("restored"))).toMatchObject({ exit: 0 });
  expect(await cto("verify", ran(), "--home", at("restored"))).toMatchObject({
    exit: 0,
    stdout: expect.stringMatching(/^PASS/),
  });
  execFileSync("diff", ["-r", path.join(ground.home, ".sot"), at("restored/.sot")]);
  execFileSync("diff", ["-r", path.join(ground.home, ".cto/runs"), at("restored/.cto/runs")]);
  execFileSync("diff", ["-r", path.join(ground.home, ".cto/consumed"), at("restored/.cto/consumed")]);
  expect(existsSync(at("restored/.cto/keys/harness.key"))).toBe(false);
  expect(readdirSync(ground.root).filter((name) => name.includes("restoring"))).toEqual([]);
});

test("the same home makes the same bytes, and a second backup writes over nothing", async () => {
  expect(await backup("again.tar")).toMatchObject({ exit: 0 });
  expect(readFileSync(at("again.tar")).equals(readFileSync(at("home.tar")))).toBe(true);
  expect(await backup("again.tar")).toMatchObject({ exit: 4, stderr: expect.stringContaining("backup/place-taken") });
  expect(readdirSync(ground.root).filter((name) => /unfinished|cto-backup/.test(name))).toEqual([]);
});

test("with its keys a restored home signs: an approval that was spent stays spent, and the next run gets the next number", async () => {
  const said = await backup("keys.tar", "--with-keys");
  expect(said).toMatchObject({ exit: 0, stdout: expect.stringContaining("PRIVATE KEYS") });
  expect(await cto("restore", "keys.tar", "with-keys")).toMatchObject({ exit: 0 });
  expect(statSync(at("with-keys/.cto/keys/harness.key")).mode & 0o777).toBe(0o600);
  const run = await cto("run", ground.work, "--home", at("with-keys"), "--json");
  expect(jsonOf(run)).toMatchObject({ run: runId(ground.work, 3), state: "blocked" });
  expect(await cto("audit", "verify", "--home", at("with-keys"))).toMatchObject({ exit: 0 });
});

test("a place that is taken, a file that is none, and a home that is none are refused", async () => {
  mkdirSync(at("taken"));
  writeFileSync(at("taken/something"), "");
  for (const folder of ["taken", "home.tar", "taken/something"])
    expect(await cto("restore", "home.tar", folder)).toMatchObject({
      exit: 4,
      stderr: expect.stringContaining("backup/place-taken"),
    });
  expect(await cto("restore", "nothing.tar", "new")).toMatchObject({ exit: 4 });
  expect(existsSync(at("new"))).toBe(false);
  expect(await cto("restore", ".", "new")).toMatchObject({
    exit: 4,
    stderr: expect.stringContaining("backup/altered"),
  });
  expect(existsSync(at("new"))).toBe(false);
});

/** The manifest of the backup, and its contents by their digests. */
const partsOf = (
  file = "home.tar",
): { readonly manifest: HomeBackup; readonly contents: ReadonlyMap<string, Buffer> } => {
  const tar = readFileSync(at(file));
  const contents = new Map<string, Buffer>();
  let manifest: HomeBackup | undefined;
  for (let place = 0; tar[place] !== 0;) {
    const size = Number.parseInt(tar.toString("latin1", place + 124, place + 135), 8);
    const name = tar.toString("latin1", place, place + 100).replace(/\0.*$/s, "");
    const content = tar.subarray(place + 512, place + 512 + size);
    const read = name.endsWith("manifest.json") ? readBackup(content) : undefined;
    if (read?.ok === true) manifest = read.value;
    else contents.set(name.slice(-64), content);
    place += 512 + Math.ceil(size / 512) * 512;
  }
  if (manifest === undefined) throw new Error("it has a manifest");
  return { manifest, contents };
};

const tarOf = (entries: readonly (readonly [header: Uint8Array, content: Uint8Array])[]): Buffer =>
  Buffer.concat([...entries.flatMap(([header, content]) => [header, content, tarPadding(content.length)]), tarEnd()]);

type Parts = ReturnType<typeof partsOf>;
const entry = (name: string, content: Uint8Array): readonly [Uint8Array, Uint8Array] => [
  tarHeader({ path: `cto-home-backup/${name}`, size: content.length }),
  content,
];
const entriesOf = ({ manifest, contents }: Parts): (readonly [Uint8Array, Uint8Array])[] => [
  entry("manifest.json", new TextEncoder().encode(backupText(manifest))),
  ...[...contents].map(([digest, content]) => entry(`sha256/${digest}`, content)),
];
const withPath = (parts: Parts, to: string): Buffer => {
  const files = parts.manifest.files.map((file) => (file.path.endsWith("policy.yaml") ? { ...file, path: to } : file));
  return tarOf(entriesOf({ ...parts, manifest: { ...parts.manifest, files } }));
};
const linkHeader = (kind: string): Uint8Array => {
  const header = Buffer.from(tarHeader({ path: "cto-home-backup/sha256/x", size: 0 }));
  header.write(kind, 156);
  header.write("/etc/passwd", 157);
  return new Uint8Array(header);
};

test.each<readonly [string, (parts: Parts) => Buffer]>([
  ["a path that leads out", (parts) => withPath(parts, "../outside")],
  ["a path that leads out from within", (parts) => withPath(parts, ".sot/../../outside")],
  ["an absolute path", (parts) => withPath(parts, "/tmp/cto-outside")],
  ["a path of the home's own git", (parts) => withPath(parts, ".git/hooks/post-checkout")],
  ["a path below a file", (parts) => withPath(parts, ".sot/authority/allowed_signers/x")],
  ["a path with a line feed", (parts) => withPath(parts, ".sot/a\nb")],
  ["a path twice", (parts) => withPath(parts, ".sot/authority/allowed_signers")],
  ["a state folder's other file", (parts) => withPath(parts, ".cto/sandbox-probe.json")],
  [
    "a symbolic link",
    (parts) =>
      tarOf([entriesOf(parts)[0] ?? [new Uint8Array(), new Uint8Array()], [linkHeader("2"), new Uint8Array()]]),
  ],
  [
    "a hard link",
    (parts) =>
      tarOf([entriesOf(parts)[0] ?? [new Uint8Array(), new Uint8Array()], [linkHeader("1"), new Uint8Array()]]),
  ],
  [
    "a device",
    (parts) =>
      tarOf([entriesOf(parts)[0] ?? [new Uint8Array(), new Uint8Array()], [linkHeader("3"), new Uint8Array()]]),
  ],
  ["an entry more", (parts) => tarOf([...entriesOf(parts), entry(`sha256/${"f".repeat(64)}`, new Uint8Array(3))])],
  ["an entry less", (parts) => tarOf(entriesOf(parts).slice(0, -1))],
  [
    "two entries exchanged",
    (parts) => tarOf(entriesOf(parts).toSpliced(1, 2, ...entriesOf(parts).slice(1, 3).toReversed())),
  ],
  ["no manifest", (parts) => tarOf(entriesOf(parts).slice(1))],
  ["bytes behind the end", (parts) => Buffer.concat([tarOf(entriesOf(parts)), Buffer.alloc(512)])],
  ["no end", (parts) => tarOf(entriesOf(parts)).subarray(0, -1024)],
  [
    "a manifest that says it is without end",
    () =>
      Buffer.concat([tarHeader({ path: "cto-home-backup/manifest.json", size: 8_000_000_000 }), Buffer.alloc(4096)]),
  ],
  [
    "one bit of a content",
    (parts) => {
      const tar = tarOf(entriesOf(parts));
      const place = tar.length - 1500;
      tar[place] = (tar[place] ?? 0) ^ 1;
      return tar;
    },
  ],
  [
    "one bit of a padding",
    (parts) => {
      const tar = tarOf(entriesOf(parts));
      const place = tar.length - 1025;
      tar[place] = (tar[place] ?? 0) ^ 1;
      return tar;
    },
  ],
  ["half of it", (parts) => tarOf(entriesOf(parts)).subarray(0, 300_000)],
  ["nothing", () => Buffer.alloc(0)],
])("%s: refused, and nothing is left or written elsewhere", async (name, make) => {
  const file = `${name.replaceAll(/\W+/g, "-")}.tar`;
  writeFileSync(at(file), make(partsOf()));
  const before = readdirSync(ground.root);
  expect(await cto("restore", file, "hostile")).toMatchObject({
    exit: 4,
    stderr: expect.stringContaining("backup/altered"),
  });
  expect(readdirSync(ground.root)).toEqual(before);
  expect(existsSync("/tmp/cto-outside")).toBe(false);
});

test("a backup whose services.json leads to a server is refused before anybody is asked there", async () => {
  const { manifest, contents } = partsOf();
  const url = "postgresql://cto@127.0.0.1:1/elsewhere";
  const services = Buffer.from(JSON.stringify({ schemaVersion: 1, store: { kind: "postgresql", url } }));
  const sha256 = digestOf(services);
  const files = [...manifest.files, { path: ".cto/services.json", sha256, size: services.length }];
  const sorted = new Map([...contents, [sha256, services] as const].toSorted(([a], [b]) => (a < b ? -1 : 1)));
  writeFileSync(at("leads.tar"), tarOf(entriesOf({ manifest: { ...manifest, files }, contents: sorted })));
  expect(await cto("restore", "leads.tar", "led")).toMatchObject({
    exit: 4,
    stderr: expect.stringContaining("backup/altered"),
  });
  expect(existsSync(at("led"))).toBe(false);
});

/** The backup, honestly written, of something that does not hold. */
const resealed = async (change: (home: string) => void, file: string): Promise<void> => {
  execFileSync("cp", ["-a", at("with-keys"), at(`home-of-${file}`)]);
  execFileSync("chmod", ["-R", "u+w", at(`home-of-${file}`)]);
  change(at(`home-of-${file}`));
  expect(await cto("backup", file, "--home", at(`home-of-${file}`))).toMatchObject({ exit: 0 });
};

test.each<readonly [string, (home: string) => void]>([
  [
    "a bundle with one byte changed",
    (home) => writeFileSync(path.join(home, ".cto/runs", ran(), "test.log"), "passed"),
  ],
  ["a bundle with a file more", (home) => writeFileSync(path.join(home, ".cto/runs", ran(), "more.log"), "")],
  [
    "another public key of the Harness",
    (home) =>
      writeFileSync(path.join(home, ".cto/keys/harness.pub"), readFileSync(path.join(home, ".cto/keys/verifier.pub"))),
  ],
])("%s does not hold, and is not restored", async (name, change) => {
  const file = `${name.replaceAll(/\W+/g, "-")}.tar`;
  if (name.includes("key")) {
    execFileSync("cp", ["-a", at("with-keys"), at(`home-of-${file}`)]);
    change(at(`home-of-${file}`));
    expect(await cto("backup", file, "--home", at(`home-of-${file}`))).toMatchObject({
      exit: 4,
      stderr: expect.stringContaining("store/corrupt"),
    });
    return;
  }
  await resealed(change, file);
  expect(await cto("restore", file, "broken")).toMatchObject({
    exit: 4,
    stderr: expect.stringContaining("backup/does-not-hold"),
  });
  expect(existsSync(at("broken"))).toBe(false);
});

test("facts that somebody took out of a ledger keep it from being backed up, and from being restored", async () => {
  execFileSync("cp", ["-a", at("restored"), at("without-facts")]);
  const file = at("without-facts/.cto/ledger.db");
  const database = new Database(file);
  const trigger = database
    .prepare<[], string>("select sql from sqlite_schema where name = 'facts_no_delete'")
    .pluck()
    .get();
  database.exec(`drop trigger facts_no_delete; delete from facts; ${trigger ?? ""}`);
  database.pragma("journal_mode = delete");
  database.close();
  expect(await cto("backup", "without-facts.tar", "--home", at("without-facts"))).toMatchObject({
    exit: 4,
    stderr: expect.stringContaining("store/corrupt"),
  });

  const { manifest, contents } = partsOf();
  const ledger = readFileSync(file);
  const replaced = manifest.files.find((one) => one.path === ".cto/ledger.db");
  const sha256 = digestOf(ledger);
  const files = manifest.files.map((one) => (one === replaced ? { ...one, sha256, size: ledger.length } : one));
  const sorted = new Map(
    [...contents, [sha256, ledger] as const]
      .filter(([digest]) => digest !== replaced?.sha256)
      .toSorted(([a], [b]) => (a < b ? -1 : 1)),
  );
  writeFileSync(at("without-facts.tar"), tarOf(entriesOf({ manifest: { ...manifest, files }, contents: sorted })));
  expect(await cto("restore", "without-facts.tar", "of-nothing")).toMatchObject({
    exit: 4,
    stderr: expect.stringContaining("backup/does-not-hold"),
  });
  expect(existsSync(at("of-nothing"))).toBe(false);
});

test.each([
  ["as the manifest says of the newer one", "backup/does-not-hold", false],
  ["as the manifest says of it", "backup/older", true],
])("an older ledger among newer bundles, %s, is refused as %s", async (_, code, isSaid) => {
  const [newer, older] = [partsOf(), partsOf("earlier.tar")];
  const isLedger = ({ path: place }: { readonly path: string }): boolean => place === ".cto/ledger.db";
  const ledger = older.manifest.files.find(isLedger);
  const replaced = newer.manifest.files.find(isLedger);
  if (ledger === undefined || replaced === undefined) throw new Error("both have one");
  const files = newer.manifest.files.map((file) => (isLedger(file) ? ledger : file));
  const contents = new Map([...newer.contents, [ledger.sha256, older.contents.get(ledger.sha256) ?? Buffer.alloc(0)]]);
  contents.delete(replaced.sha256);
  const sorted = new Map([...contents].toSorted(([a], [b]) => (a < b ? -1 : 1)));
  const said = isSaid ? { ledger: older.manifest.ledger } : {};
  writeFileSync(
    at(`older-${isSaid}.tar`),
    tarOf(entriesOf({ manifest: { ...newer.manifest, files, ...said }, contents: sorted })),
  );
  expect(await cto("restore", `older-${isSaid}.tar`, "older")).toMatchObject({
    exit: 4,
    stderr: expect.stringContaining(code),
  });
  expect(existsSync(at("older"))).toBe(false);
});

const PROGRAM = fileURLToPath(new URL("../fixtures/restore-process.ts", import.meta.url));

test.each([
  ["its folder is made", ""],
  ["its first content is there", ".cto"],
  ["its home id is there", ".cto/home-id.withheld"],
  ["its ledger is there", ".cto/ledger.db"],
  ["its bundles are there", `.cto/runs/R-049-02`],
])("a restore that is killed when %s leaves nothing that looks done", async (name, seen) => {
  const folder = at(`killed-${name.replaceAll(" ", "-")}`);
  const child = execa(process.execPath, [PROGRAM, at("home.tar"), folder], { reject: false, timeout: 60_000 });
  const left = (): string | undefined =>
    readdirSync(ground.root).find((one) => at(one).startsWith(`${folder}.restoring-`));
  await vi.waitUntil(() => existsSync(folder) || existsSync(at(`${left() ?? "nowhere"}/${seen}`)), {
    timeout: 30_000,
    interval: 1,
  });
  child.kill("SIGKILL");
  const { isTerminated } = await child;
  if (isTerminated) expect(existsSync(folder)).toBe(false);
  const unfinished = left();
  if (unfinished !== undefined)
    expect(await cto("status", "--home", at(unfinished))).toMatchObject({
      exit: 4,
      stderr: expect.stringContaining("home-id"),
    });
  expect(await cto("restore", "home.tar", `${folder}-again`)).toMatchObject({ exit: 0 });
});

test("a link in the home is told, and not followed into a backup", async () => {
  const link = path.join(ground.home, ".sot/link");
  symlinkSync("/etc/passwd", link);
  expect(await backup("linked.tar")).toMatchObject({ exit: 4, stderr: expect.stringContaining(".sot/link") });
  execFileSync("rm", [link]);
  expect(existsSync(at("linked.tar"))).toBe(false);
});

test("an older backup in the place of a home that went on is refused, and where it is wished what was spent stays spent", async () => {
  const args = ["restore", "earlier.tar", "instead", "--instead-of", ground.home];
  expect(await cto(...args)).toMatchObject({ exit: 4, stderr: expect.stringContaining("backup/older") });
  expect(existsSync(at("instead"))).toBe(false);
  const said = await cto(...args, "--lose-newer");
  expect(said).toMatchObject({ exit: 0, stdout: expect.stringMatching(/LOST .* was spent after this backup/) });
  expect(readdirSync(at("instead/.cto/consumed"))).toEqual(readdirSync(path.join(ground.home, ".cto/consumed")));
  expect(await cto("audit", "verify", "--home", at("instead"))).toMatchObject({ exit: 5 });
});

test("a home whose locks were carried is backed up with them, and what is restored of it keeps them too", async () => {
  expect(await cto("backup", "carried.tar", "--home", at("instead"))).toMatchObject({ exit: 0 });
  expect(await cto("restore", "carried.tar", "of-carried")).toMatchObject({
    exit: 4,
    stderr: expect.stringContaining("backup/older"),
  });
  expect(await cto("restore", "carried.tar", "of-carried", "--lose-newer")).toMatchObject({ exit: 0 });
  expect(readdirSync(at("of-carried/.cto/consumed"))).toEqual(readdirSync(at("instead/.cto/consumed")));
});

test("a home that was backed up before anything was spent or sealed is backed up again and runs when it is restored", async () => {
  const young = await makeGround();
  const opened = await young.open();
  await admit(opened, young);
  expect(await approveBy(opened, young)).toEqual([]);
  await opened.store.close();
  expect(await cto("backup", "young.tar", "--with-keys", "--home", young.home)).toMatchObject({ exit: 0 });
  expect(await cto("restore", "young.tar", "young")).toMatchObject({ exit: 0 });
  expect(await cto("backup", "young-again.tar", "--home", at("young"))).toMatchObject({ exit: 0 });
  const env = openSwitches("scripted");
  const run = await runCto(["run", young.work, "--home", at("young"), "--json"], { cwd: ground.root, env });
  expect(jsonOf(run)).toMatchObject({ state: "awaiting_outcome" });
  await young.close();
});

test("a backup takes the place of its own home only: of another folder no spent approval would be carried", async () => {
  execFileSync("cp", ["-a", ground.home, at("other")]);
  writeFileSync(path.join(at("other"), ".cto/home-id"), `${"0".repeat(26)}\n`);
  for (const folder of ["no-such-folder", "taken", "other"]) {
    expect(await cto("restore", "earlier.tar", "of-none", "--instead-of", at(folder), "--lose-newer")).toMatchObject({
      exit: 4,
      stderr: expect.stringContaining("home/absent"),
    });
    expect(existsSync(at("of-none"))).toBe(false);
  }
});

test("a lock that names no run any more keeps its approval spent in the home that is restored instead", async () => {
  execFileSync("cp", ["-a", ground.home, at("torn")]);
  for (const id of readdirSync(at("torn/.cto/consumed"))) writeFileSync(at(`torn/.cto/consumed/${id}`), "");
  expect(
    await cto("restore", "earlier.tar", "of-torn", "--instead-of", at("torn"), "--lose-newer", "--json"),
  ).toMatchObject({ exit: 0 });
  expect(readdirSync(at("of-torn/.cto/consumed"))).toEqual(readdirSync(path.join(ground.home, ".cto/consumed")));
  const run = await cto("run", ground.work, "--home", at("of-torn"), "--json");
  expect(jsonOf(run)).toMatchObject({ state: "blocked" });
});

describe.skipIf(POSTGRES === undefined)("a home whose ledger is on a server", () => {
  test("is backed up with its ledger, and restored with it in itself, leading to no server", async () => {
    const server = await freshDatabase();
    try {
      execFileSync("cp", ["-a", at("with-keys"), at("served")]);
      const moved = await cto("store", "copy", "--to", server.url, "--home", at("served"));
      expect([moved.stderr, moved.exit]).toEqual(["", 0]);
      expect(existsSync(at("served/.cto/ledger.db"))).toBe(false);
      const said = await cto("backup", "served.tar", "--home", at("served"));
      expect([said.stderr, said.exit]).toEqual(["", 0]);
    } finally {
      await server.giveBack();
    }
    expect(await cto("restore", "served.tar", "of-server")).toMatchObject({
      exit: 0,
      stdout: expect.stringContaining("bundles   3"),
    });
    expect(readFileSync(at("of-server/.cto/services.json"), "utf8")).not.toContain("postgresql");
    expect(await cto("audit", "verify", "--home", at("of-server"))).toMatchObject({ exit: 0 });
    expect(await cto("verify", ran(), "--home", at("of-server"))).toMatchObject({ exit: 0 });
  });
});
