import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";

import { expect, test } from "vitest";

import { drainOf } from "./drain.ts";

test("an answer that breaks ends the connections and the closing, never the process", async () => {
  const folder = await mkdtemp(path.join(tmpdir(), "cto-drain-"));
  const socket = path.join(folder, "relay");
  const server = createServer(() => drain.hold(Promise.reject(new Error("a bug of ours"))));
  const drain = drainOf(server, socket);
  try {
    await new Promise<void>((resolve) => server.listen(socket, resolve));
    const ended = new Promise<void>((resolve) => {
      const asking = connect(socket, () => asking.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n"));
      asking.resume();
      asking.once("error", () => undefined);
      asking.once("close", () => resolve());
    });
    await ended;
    const late = new Promise<void>((resolve) => {
      const next = connect(socket).resume();
      next.once("error", () => next.destroy());
      next.once("close", () => resolve());
    });
    await late;
    await expect(drain.end()).rejects.toThrow("a bug of ours");
  } finally {
    server.close();
    await rm(folder, { recursive: true, force: true });
  }
});
