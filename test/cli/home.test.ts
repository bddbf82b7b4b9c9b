import { chmod, mkdtemp, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

import Database from "better-sqlite3";
import { afterAll, beforeAll, expect, test } from "vitest";

import { makeKey } from "../../src/adapters/keys/make-key.ts";
import { jsonOf, lookInto, runCto, type Said } from "./cli.ts";

let root = "";
const inRoot = (name: string): string => path.join(root, name);
const init = (dir: string, ...more: readonly string[]): Promise<Said> =>
  runCto(["init", dir, "--owner", "jp", "--key", "owner.pub", ...more], { cwd: root });

beforeAll(async () => {
  root = await realpath(await mkdtemp(path.join(tmpdir(), "cto-cli-home-")));
  await makeKey(inRoot("owner"), "owner");
  await makeKey(inRoot("other"), "other");
});
afterAll(() => rm(root, { recursive: true, force: true }));

test("R129 init makes a home that doctor finds whole, and says what it wrote and what comes next", async () => {
  const said = await init("fresh");
  expect(said).toMatchObject({ exit: 0, stderr: "" });
  expect(said.stdout).toMatch(/^wrote {2}\.sot\/authority\/policy\.yaml +[0-9a-f]{8}$/m);
  expect(said.stdout).toMatch(
    /^next {6}cto doctor --home fresh, cto packet new --home fresh, then cto target admit PATH --key KEY/m,
  );
  const doctor = await runCto(
    [
      "doctor",
      "--only",
      "home",
      "--only",
      "authority",
      "--only",
      "policy",
      "--only",
      "signers",
      "--only",
      "ledger",
      "--json",
    ],
    { home: inRoot("fresh") },
  );
  expect(doctor.exit).toBe(0);
  expect(jsonOf(doctor)["checks"]).toHaveLength(5);
});

test("R129 init in JSON names every file with its digest", async () => {
  const data = jsonOf(await init("in-json", "--json"));
  expect(data).toMatchObject({ schema: "cto.init.v1", ok: true, home: inRoot("in-json") });
  expect(data["written"]).toContainEqual({
    path: ".sot/authority/allowed_signers",
    sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
  });
});

test("init overwrites nothing: not the policy, not the signers, not the id", async () => {
  await init("twice");
  const files = [".sot/authority/policy.yaml", ".sot/authority/allowed_signers", ".cto/home-id"];
  await writeFile(inRoot("twice/.sot/authority/policy.yaml"), "# mine\n");
  const before = await Promise.all(files.map((file) => readFile(inRoot(`twice/${file}`), "utf8")));
  const again = await runCto(["init", "twice", "--owner", "eve", "--key", "other.pub"], { cwd: root });
  expect(again.exit).toBe(0);
  expect(again.stdout).toContain("nothing was written");
  expect(again.stdout).toContain("no key was added");
  expect(await Promise.all(files.map((file) => readFile(inRoot(`twice/${file}`), "utf8")))).toEqual(before);
});

test("init takes a private key's path for the public key beside it, and never the private key", async () => {
  expect(await runCto(["init", "beside", "--owner", "jp", "--key", "owner"], { cwd: root })).toMatchObject({ exit: 0 });
  const signers = await readFile(inRoot("beside/.sot/authority/allowed_signers"), "utf8");
  expect(signers).toContain((await readFile(inRoot("owner.pub"), "utf8")).trim());
  expect(signers).not.toContain("PRIVATE");
  await writeFile(inRoot("alone"), await readFile(inRoot("owner")));
  expect(await runCto(["init", "none", "--owner", "jp", "--key", "alone"], { cwd: root })).toMatchObject({
    exit: 2,
    stdout: "",
  });
});

test.each([
  ["a key that is not there", ["--owner", "jp", "--key", "nowhere.pub"], "there is no public key at nowhere.pub"],
  ["an owner that is a pattern", ["--owner", "*", "--key", "owner.pub"], "* is no principal"],
  ["an owner that is a list", ["--owner", "jp,eve", "--key", "owner.pub"], "jp,eve is no principal"],
  ["no owner", ["--key", "owner.pub"], "--owner is needed"],
])("init with %s is a usage error and writes nothing", async (_, flags, says) => {
  const said = await runCto(["init", "never", ...flags], { cwd: root });
  expect(said).toMatchObject({ exit: 2, stdout: "" });
  expect(said.stderr).toContain(says);
  await expect(readFile(inRoot("never/.cto/home-id"))).rejects.toThrow("ENOENT");
});

test("R130 doctor without a home skips the home's checks and says so", async () => {
  const said = await runCto(
    [
      "doctor",
      "--only",
      "node",
      "--only",
      "git",
      "--only",
      "ssh-keygen",
      "--only",
      "home",
      "--only",
      "ledger",
      "--json",
    ],
    { cwd: root },
  );
  expect(said.exit).toBe(0);
  expect(jsonOf(said)["checks"]).toEqual([
    expect.objectContaining({ id: "node", status: "ok" }),
    expect.objectContaining({ id: "git", status: "ok" }),
    expect.objectContaining({ id: "ssh-keygen", status: "ok" }),
    expect.objectContaining({ id: "home", status: "skip" }),
    expect.objectContaining({ id: "ledger", status: "skip" }),
  ]);
});

test("R130 doctor really starts the sandbox", async () => {
  const said = await runCto(["doctor", "--only", "sandbox"], { cwd: root });
  expect(said).toMatchObject({ exit: 0, stderr: "" });
  expect(said.stdout).toMatch(/^ok {2}sandbox {2}bubblewrap .* really started/);
});

test("R130 a gate variable that is set outside a run is a warning that names it", async () => {
  const said = await runCto(["doctor", "--only", "variables"], { cwd: root, env: { CTO_HARNESS_ALLOW_CASE: "1" } });
  expect(said.exit).toBe(0);
  expect(said.stdout).toContain("set in this shell: CTO_HARNESS_ALLOW_CASE");
});

test.each([
  [
    "policy.yaml misspelled",
    "policy",
    (home: string) =>
      writeFile(path.join(home, ".sot/authority/policy.yaml"), "schema: cto/policy/v1\nrsikClasses: {}\n"),
  ],
  [
    "allowed_signers unreadable",
    "signers",
    (home: string) => writeFile(path.join(home, ".sot/authority/allowed_signers"), "jp what\n"),
  ],
  [
    "policy.yaml writable by others",
    "authority",
    (home: string) => chmod(path.join(home, ".sot/authority/policy.yaml"), 0o666),
  ],
  ["home-id gone", "home", (home: string) => rm(path.join(home, ".cto/home-id"))],
])("R130 with %s doctor fails with exit 3 and a remedy", async (what, id, spoil) => {
  const home = inRoot(what.replaceAll(" ", "-"));
  await init(home);
  await spoil(home);
  const said = await runCto(["doctor", "--only", id, "--json"], { home });
  expect(said.exit).toBe(3);
  expect(jsonOf(said)["checks"]).toContainEqual(
    expect.objectContaining({ id, status: "fail", fix: expect.stringMatching(/\S/) }),
  );
});

test("doctor --only a check that does not exist is a usage error", async () => {
  expect(await runCto(["doctor", "--only", "nothing"], { cwd: root })).toMatchObject({ exit: 2, stdout: "" });
});

test("R137 the ledger is listed and its chain verified, and what that does not establish is said", async () => {
  const home = inRoot("audited");
  await init("audited");
  expect(await runCto(["audit", "log"], { home })).toMatchObject({ exit: 0, stdout: "The ledger is empty.\n" });
  await lookInto(home, ({ store }) =>
    store.transact(async (ledger) => {
      for (const actor of ["one", "two\u202E", "three"])
        await ledger.appendLeaf({ type: "command.refused", actor, channel: "cli" });
    }),
  );
  const log = await runCto(["audit", "log", "--limit", "2"], { home });
  expect(log.stdout).toMatch(/^2 {2}\S+ {2}command\.refused {2}two<U\+202E>.*\n3 {2}\S+ {2}command\.refused {2}three/);
  const verified = jsonOf(await runCto(["audit", "verify", "--json"], { home }));
  expect(verified).toMatchObject({
    verdict: "PASS",
    size: 3,
    alarms: [],
    notYetSealed: 3,
    sealedBy: null,
    notEstablished: [expect.stringContaining("no outside witness"), expect.stringContaining("no other copy")],
  });
});

test("R137 an edited entry is found: audit verify says FAIL with its number and exits 5", async () => {
  const home = inRoot("edited");
  await init("edited");
  await lookInto(home, ({ store }) =>
    store.transact(async (ledger) => {
      for (const actor of ["one", "two", "three"])
        await ledger.appendLeaf({ type: "command.refused", actor, channel: "cli" });
    }),
  );
  const database = new Database(path.join(home, ".cto/ledger.db"));
  const triggers = database.prepare("select name from sqlite_master where type = 'trigger'").pluck().all() as string[];
  for (const name of triggers) database.exec(`drop trigger ${name}`);
  database.exec("update ledger set body = replace(body, 'two', 'eve') where seq = 2");
  database.close();

  const said = await runCto(["audit", "verify", "--json"], { home });
  expect(said.exit).toBe(5);
  expect(jsonOf(said)).toMatchObject({
    ok: false,
    verdict: "FAIL",
    alarms: expect.arrayContaining([
      expect.objectContaining({ code: "ledger/chain-broken", detail: expect.objectContaining({ seq: 2 }) }),
    ]),
  });
  expect((await runCto(["audit", "verify"], { home })).stdout).toMatch(
    /^FAIL .*\nalarm +ledger\/chain-broken +Record 2 of the ledger does not hold: .*\n[^]*^next +restore /m,
  );
  expect(await runCto(["doctor", "--only", "ledger"], { home })).toMatchObject({
    exit: 3,
    stdout: expect.stringContaining("restore the ledger from a backup: cto restore"),
  });
});

test("a home that was made before it had keys gets them once, with their lines, and its own lines stay", async () => {
  await init("old");
  const signers = inRoot("old/.sot/authority/allowed_signers");
  const [ownerLine = ""] = (await readFile(signers, "utf8")).split("\n");
  await rm(inRoot("old/.cto/keys"), { recursive: true });
  await writeFile(signers, ownerLine);
  const made = await runCto(["keys", "make"], { home: inRoot("old") });
  expect(made.exit).toBe(0);
  expect(made.stdout).toMatch(/^trusted +harness +SHA256:/m);
  expect(made.stdout).toContain("open approvals are stale");
  const lines = (await readFile(signers, "utf8")).split("\n");
  expect(lines).toEqual([
    ownerLine,
    expect.stringMatching(
      /^harness namespaces="run@cto-harness,ledger@cto-harness",valid-after="\d{14}Z" ssh-ed25519 /,
    ),
    expect.stringMatching(/^verifier namespaces="verdict@cto-harness",valid-after="\d{14}Z" ssh-ed25519 /),
    "",
  ]);
  const log = await runCto(["audit", "log", "--json"], { home: inRoot("old") });
  expect(log.stdout).toContain("authority.changed");
  const again = await runCto(["keys", "make"], { home: inRoot("old") });
  expect(again).toMatchObject({ exit: 0 });
  expect(again.stdout).toContain("nothing was written");
  expect((await readFile(signers, "utf8")).split("\n")).toEqual(lines);
});
