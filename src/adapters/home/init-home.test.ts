import { mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

import { afterEach, beforeEach, expect, test } from "vitest";

import { digestOf } from "../../workflow/digest.ts";
import { folderHome } from "./folder-home.ts";
import { initHome, readHomeId } from "./init-home.ts";

const key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl jp@desk";
const plan = {
  owner: "jp",
  publicKey: `${key}\n`,
  policyText: "version: 1\n",
  homeId: "01JZ0000000000000000000000",
  makeKeys: () =>
    Promise.resolve({ written: [".cto/keys/harness.key"], signerLines: ["harness line", "verifier line"] }),
};

let parent: string;
let folder: string;
beforeEach(async () => {
  parent = await mkdtemp(path.join(tmpdir(), "cto-init-"));
  folder = path.join(parent, "home");
});
afterEach(() => rm(parent, { recursive: true }));

test("R008 a new home has its governance files, its private folders and an id of its own", async () => {
  const written = await initHome(folder, plan);
  const signers = `jp namespaces="approval@cto-harness,admission@cto-harness,outcome@cto-harness,revocation@cto-harness,trust@cto-harness" ${key}\nharness line\nverifier line\n`;
  expect(await readFile(path.join(folder, ".sot/authority/allowed_signers"), "utf8")).toBe(signers);
  expect(await readFile(path.join(folder, ".sot/authority/policy.yaml"), "utf8")).toBe(plan.policyText);
  expect(written).toContainEqual({ path: ".sot/authority/policy.yaml", sha256: digestOf(plan.policyText) });
  expect((await readdir(path.join(folder, ".cto"))).toSorted()).toEqual([
    ".gitignore",
    "cache",
    "consumed",
    "git",
    "home-id",
    "outcomes",
    "private",
    "runs",
  ]);
  for (const name of [".cto", ".cto/runs", ".cto/private"])
    expect((await stat(path.join(folder, name))).mode & 0o777).toBe(0o700);
  expect(await readHomeId(folder)).toBe(plan.homeId);
  expect(await folderHome(folder).guard(".sot/authority/allowed_signers")).toBe("plain");
});

test("what is there already stays, byte for byte", async () => {
  await initHome(folder, plan);
  await writeFile(path.join(folder, ".sot/authority/policy.yaml"), "version: 1 # mine\n");
  await rm(path.join(folder, ".cto/cache"), { recursive: true });
  const again = {
    ...plan,
    owner: "eve",
    homeId: "other",
    makeKeys: () => Promise.resolve({ written: [], signerLines: ["x"] }),
  };
  expect(await initHome(folder, again)).toEqual([{ path: ".cto/cache/", sha256: null }]);
  expect(await readFile(path.join(folder, ".sot/authority/policy.yaml"), "utf8")).toBe("version: 1 # mine\n");
  expect(await readFile(path.join(folder, ".sot/authority/allowed_signers"), "utf8")).toMatch(/^jp /);
  expect(await readHomeId(folder)).toBe(plan.homeId);
  expect((await readdir(path.join(folder, ".sot/authority"))).toSorted()).toEqual(["allowed_signers", "policy.yaml"]);
});

test.each(["", "*", "jp,eve", "JP", "jp eve", 'jp"', "-jp", "jp\neve", "!jp", "#jp"])(
  "%j is no owner, and nothing is written",
  async (owner) => {
    expect(await initHome(folder, { ...plan, owner })).toBe("owner-malformed");
    expect(await readdir(parent)).toEqual([]);
  },
);

test.each([
  "",
  "no key",
  `${key}\n${key}`,
  `jp ${key}`,
  `cert-authority ${key}`,
  "-----BEGIN OPENSSH PRIVATE KEY-----",
  "ssh-ed25519 AAAA\u0000",
  "ssh-ed25519 !!!!",
])("%j is no public key, and nothing is written", async (publicKey) => {
  expect(await initHome(folder, { ...plan, publicKey })).toBe("key-malformed");
  expect(await readdir(parent)).toEqual([]);
});

test("a link in the place of a folder is not followed", async () => {
  await initHome(folder, plan);
  await rm(path.join(folder, ".cto"), { recursive: true });
  await symlink(parent, path.join(folder, ".cto"));
  await expect(initHome(folder, plan)).rejects.toMatchObject({ code: "home/unreadable" });
  expect(await readdir(parent)).toEqual(["home"]);
});

test("a home that was never made has no id", async () => {
  await expect(readHomeId(folder)).rejects.toMatchObject({ code: "home/unreadable" });
  expect(await readHomeId(parent)).toBeUndefined();
});
