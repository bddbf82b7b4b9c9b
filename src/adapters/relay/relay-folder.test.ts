import { spawn } from "node:child_process";
import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

import { afterEach, beforeEach, expect, test } from "vitest";

import { openWatched } from "../../../test/fakes/provider.ts";
import { holderOfThisProcess, isAlive } from "../clock/holder.ts";
import { relayFolder, sweepRelayFolders, type Life } from "./relay-folder.ts";

const me = holderOfThisProcess();
const LIFE: Life = { self: me, isAlive };
const DEAD = { ...me, pid: 2 ** 22 + 1 };

let above: string;
beforeEach(async () => {
  above = await mkdtemp(path.join(tmpdir(), "sweep-"));
});
afterEach(async () => {
  await rm(above, { recursive: true });
});

const left = async (name: string, owner: unknown, mode = 0o700): Promise<string> => {
  const folder = path.join(above, name);
  await mkdir(folder, { mode });
  await writeFile(path.join(folder, "model.sock"), "");
  if (owner !== undefined)
    await writeFile(path.join(folder, "owner"), typeof owner === "string" ? owner : JSON.stringify(owner));
  return folder;
};

test("what a killed process left is removed by the next relay of the same user, sockets and all", async () => {
  const script = `const { unixRelay, relayGround } = await import(${JSON.stringify(new URL("unix-relay.ts", import.meta.url).href)});
    const { holderOfThisProcess, isAlive } = await import(${JSON.stringify(new URL("../clock/holder.ts", import.meta.url).href)});
    const ground = { ...relayGround({}, { self: holderOfThisProcess(), isAlive }), above: process.argv[1] };
    const nothing = () => undefined;
    await unixRelay(ground).open({ upstream: "none", hosts: ["model.example:443"], budget: { modelRequestsMax: 1, modelTokensMax: 1, modelBytesMax: 1 },
      judge: () => ({ allowed: true, rule: "" }), asked: nothing, told: nothing, dropped: nothing, recorded: nothing });
    console.log("open");`;
  const other = spawn(process.execPath, ["--input-type=module", "-e", script, above], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = new Promise((resolve) => other.once("close", resolve));
  await new Promise((resolve) => other.stdout.once("data", resolve));
  const living = await openWatched({}, { above });
  expect(await readdir(above)).toHaveLength(2);
  other.kill("SIGKILL");
  await ended;
  expect(await readdir(above)).toHaveLength(2);
  const next = await openWatched({}, { above });
  expect(await readdir(above)).toHaveLength(2);
  await Promise.all([living.relay.close(), next.relay.close()]);
  expect(await readdir(above)).toEqual([]);
});

test.each<[string, () => Promise<unknown>]>([
  ["of a living process", () => left("cto-relay-aaaaaa", me)],
  ["of another host or pid namespace", () => left("cto-relay-aaaaaa", { ...DEAD, host: "elsewhere pid:[1]" })],
  ["that does not say whose it is", () => left("cto-relay-aaaaaa", undefined)],
  ["with words that are none", () => left("cto-relay-aaaaaa", `${JSON.stringify(DEAD)}x`)],
  ["with more words than it may have", () => left("cto-relay-aaaaaa", { ...DEAD, host: "x".repeat(2_000) })],
  ["that others may enter", () => left("cto-relay-aaaaaa", DEAD, 0o755)],
  ["of another name", () => left("cto-relay-aaaaaa.old", DEAD)],
  ["of a name with a line feed", () => left("cto-relay-aaaaaa\n", DEAD)],
  ["that is a file", () => writeFile(path.join(above, "cto-relay-aaaaaa"), JSON.stringify(DEAD))],
  [
    "that is a link to one that is dead",
    async () => symlink(await left("dead", DEAD), path.join(above, "cto-relay-aaaaaa")),
  ],
  [
    "whose owner is a link to one that is dead",
    async () => {
      await writeFile(path.join(above, "dead"), JSON.stringify(DEAD));
      await symlink(path.join(above, "dead"), path.join(await left("cto-relay-aaaaaa", undefined), "owner"));
    },
  ],
])("a folder %s stays as it is", async (_, make) => {
  await make();
  const before = await readdir(above, { recursive: true });
  await sweepRelayFolders(above, LIFE);
  expect(await readdir(above, { recursive: true })).toEqual(before);
});

test("nothing is taken out of a dead relay's folder but what a relay makes, and no link in it is followed", async () => {
  const outside = path.join(above, "outside");
  await mkdir(outside);
  await writeFile(path.join(outside, "kept"), "");
  const folder = await left("cto-relay-aaaaaa", DEAD);
  await symlink(outside, path.join(folder, "connect.sock"));
  await writeFile(path.join(folder, "odd"), "");
  await sweepRelayFolders(above, LIFE);
  expect(await readdir(folder)).toEqual(["odd"]);
  expect(await readdir(outside)).toEqual(["kept"]);
});

test("a folder above that is too long for a socket is told before anything is left there", async () => {
  const deep = path.join(above, "x".repeat(80));
  await mkdir(deep);
  await expect(relayFolder(deep, LIFE)).rejects.toMatchObject({ code: "relay/path-too-long" });
  expect(await readdir(deep)).toEqual([]);
});
