import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { createInterface } from "node:readline";

import { afterAll, beforeAll, expect, test } from "vitest";

import { TOKEN_HEADER } from "../../src/control-surface/door.ts";
import { LIMITS } from "../../src/workflow/limits.ts";
import { makeGround, openSwitches, type Ground } from "../journeys/ground.ts";
import { jsonOf, lookInto, runCto } from "./cli.ts";

let ground: Ground;
beforeAll(async () => {
  ground = await makeGround();
  // Whatever a process of its own finds was made by one that writes.
  await lookInto(ground.home, () => Promise.resolve());
});
afterAll(() => ground.close());

const MAIN = path.join(import.meta.dirname, "../journeys/cto.ts");

interface Doctor {
  readonly checks: readonly { readonly id: string; readonly status: string }[];
}

test("cto serve --json tells one line when it is ready, opens no gate, and ends by TERM", async () => {
  const env = { PATH: process.env["PATH"], HOME: ground.root, ...openSwitches("scripted") };
  const argv = [MAIN, "serve", "--json", "--port", "0", "--home", ground.home];
  const server = spawn(process.execPath, argv, { env, stdio: ["ignore", "pipe", "inherit"] });
  const ended = once(server, "exit");
  const lines: string[] = [];
  const reader = createInterface({ input: server.stdout });
  const [line] = (await once(reader, "line")) as [string];
  reader.on("line", (more) => lines.push(more));
  try {
    const told = JSON.parse(line) as { readonly url: string; readonly port: number };
    expect(told).toMatchObject({ schema: "cto.serve.v1", ok: true, readOnly: false, pid: server.pid });
    const { origin, hash } = new URL(told.url);
    expect(origin).toBe(`http://localhost:${told.port}`);
    const headers = { [TOKEN_HEADER]: hash.replace("#token=", "") };
    const work = await (await fetch(`${origin}/api/w/${ground.work}`, { headers })).text();
    expect(work).toContain("gate/env-not-set");
    const doctor = (await (await fetch(`${origin}/api/doctor`, { headers })).json()) as Doctor;
    const printed = jsonOf(await runCto(["doctor", "--json"], { home: ground.home, env: {} })) as unknown as Doctor;
    const [seen, wanted] = [doctor, printed].map(({ checks }) => checks.map(({ id, status }) => [id, status]));
    expect(seen).toEqual(wanted);
    expect(seen).toContainEqual(["node", "ok"]);
    const again = await runCto(["serve", "--port", String(told.port)], { home: ground.home });
    expect([again.exit, again.stderr]).toEqual([3, expect.stringContaining("surface/port-taken")]);
  } finally {
    server.kill("SIGTERM");
  }
  const began = performance.now();
  expect(await ended).toEqual([0, null]);
  expect(performance.now() - began).toBeLessThan(LIMITS.surfaceEndMs + 3_000);
  expect(lines).toEqual([]);
});

test("a port that is none is a mistake of the command line", async () => {
  for (const port of ["65536", "-1", "http", "4049.5"])
    expect((await runCto(["serve", `--port=${port}`], { home: ground.home })).exit).toBe(2);
});
