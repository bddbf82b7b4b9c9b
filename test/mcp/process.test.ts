import { existsSync, readdirSync, readFileSync, readlinkSync } from "node:fs";

import { Client } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { afterAll, beforeAll, expect, test } from "vitest";

import { makeGround, openSwitches, type Ground } from "../journeys/ground.ts";
import { callTool } from "./assistant.ts";

let ground: Ground;
beforeAll(async () => {
  ground = await makeGround();
});
afterAll(() => ground.close());

/** Processes below this one that still live. */
const childrenOf = (pid: number): string =>
  readdirSync(`/proc/${pid}/task`)
    .map((task) => readFileSync(`/proc/${pid}/task/${task}/children`, "utf8").trim())
    .join("");

/** Sockets of a process on which somebody could call it. */
const listeningOf = (pid: number): readonly string[] => {
  const own = new Set(
    readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
      try {
        return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1] ?? [];
      } catch {
        return [];
      }
    }),
  );
  const tcp = ["tcp", "tcp6"].flatMap((name) =>
    readFileSync(`/proc/${pid}/net/${name}`, "utf8")
      .split("\n")
      .map((line) => line.trim().split(/\s+/))
      .flatMap(([, , , state, , , , , , inode = ""]) => (state === "0A" ? [inode] : [])),
  );
  // Flags of a unix socket that accepts: 00010000.
  const unix = readFileSync(`/proc/${pid}/net/unix`, "utf8")
    .split("\n")
    .map((line) => line.trim().split(/\s+/))
    .flatMap(([, , , flags, , , inode = ""]) => (flags === "00010000" ? [inode] : []));
  return [...tcp, ...unix].filter((inode) => own.has(inode));
};

test.each([
  ["the built program, by the protocol of now", ["bin/cto.mjs"], { mode: "auto" }],
  ["the sources, by the older one", ["test/journeys/cto.ts"], { mode: "legacy" }],
] as const)(
  "%s serves a client on its standard streams: no socket, no lasting child, nothing else printed",
  async (_, program, negotiation) => {
    const transport = new StdioClientTransport({
      command: process.execPath,
      args: [...program, "mcp", "--home", ground.home],
      env: { PATH: process.env["PATH"] ?? "", HOME: ground.root, ...openSwitches("scripted") },
      stderr: "pipe",
    });
    const errors: string[] = [];
    transport.stderr?.on("data", (chunk: unknown) => errors.push(String(chunk)));
    const client = new Client({ name: "a test", version: "1.0.0" }, { versionNegotiation: negotiation });
    const wrong: Error[] = [];
    Object.assign(client, { onerror: (error: Error) => void wrong.push(error) });
    await client.connect(transport);
    const pid = transport.pid ?? 0;
    expect((await client.listTools()).tools).toHaveLength(14);
    const status = await callTool(client, "cto_status");
    expect(status.told).toMatchObject({ counts: { blocked: 1 } });
    const gate = await callTool(client, "cto_explain_gate", { work: ground.work });
    expect(gate.told).toMatchObject({ blocked: true });
    await expect.poll(() => childrenOf(pid), { timeout: 10_000, interval: 100 }).toBe("");
    expect(listeningOf(pid)).toEqual([]);
    await client.close();
    await expect.poll(() => existsSync(`/proc/${pid}`), { timeout: 5_000 }).toBe(false);
    expect([errors.join(""), wrong]).toEqual(["", []]);
  },
  60_000,
);

test("without a home it says so on its error stream, and nothing on the other", async () => {
  const { runCto } = await import("../cli/cli.ts");
  const said = await runCto(["mcp"], { cwd: "/" });
  expect([said.exit, said.stdout]).toEqual([4, ""]);
  expect(said.stderr).toContain("home/absent");
});
