import { copyFile, mkdir, writeFile } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import path from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";

import { makeGround, type Ground } from "../journeys/ground.ts";
import { runCto } from "./cli.ts";

let ground: Ground;
beforeAll(async () => {
  ground = await makeGround();
});
afterAll(() => ground.close());

test("a tab dials no server of another machine that a folder names, while a command does", async () => {
  let dialled = 0;
  const server = createServer((socket) => {
    dialled += 1;
    socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const home = path.join(ground.root, "brought");
  await mkdir(path.join(home, ".cto"), { recursive: true });
  await mkdir(path.join(home, ".sot"), { recursive: true });
  await copyFile(path.join(ground.home, ".cto/home-id"), path.join(home, ".cto/home-id"));
  // Leads to this machine all the same, by an address that does not say so.
  const url = `postgresql://cto@0.0.0.0:${port}/cto?sslmode=disable`;
  const services = { schemaVersion: 1, store: { kind: "postgresql", url } };
  await writeFile(path.join(home, ".cto/services.json"), JSON.stringify(services));
  try {
    const said = await runCto(["completion", "fish", "--", "gate", "C"], { cwd: home });
    expect(said).toMatchObject({ exit: 0, stdout: "none\n", stderr: "" });
    expect(dialled).toBe(0);
    expect(await runCto(["runs"], { cwd: home })).toMatchObject({ exit: 4 });
    expect(dialled).toBeGreaterThan(0);
  } finally {
    server.close();
  }
}, 60_000);
