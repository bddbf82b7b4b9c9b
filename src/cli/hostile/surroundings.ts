import { randomBytes } from "node:crypto";
import { mkdtemp, realpath } from "node:fs/promises";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";

import { hostShell } from "../../compose.ts";
import { removeGround } from "../demo/remove-ground.ts";

/** What a host has that an agent must not reach: services, sockets, a process, a name in memory. Made once for a suite. */
export interface Surroundings {
  readonly folder: string;
  /** Told to every attack; each of these must lead nowhere. */
  readonly facts: Readonly<Record<string, string>>;
  /** How often anything that listens here was reached. */
  readonly reached: () => number;
  close(): Promise<void>;
}

export const openSurroundings = async (): Promise<Surroundings> => {
  const folder = await realpath(await mkdtemp(path.join(tmpdir(), "cto-hostile-")));
  const id = randomBytes(6).toString("hex");
  let reached = 0;
  const serving = (place: { path: string } | { port: number; host: string }): Promise<Server> =>
    new Promise((resolve, reject) => {
      const server = createServer((socket) => {
        reached += 1;
        socket.on("error", () => undefined);
        socket.end("HTTP/1.0 200 OK\r\n\r\nREACHED");
      });
      server.once("error", reject);
      server.listen(place, () => resolve(server));
    });
  const socket = path.join(folder, "agent.sock");
  const abstract = `cto-hostile-${id}`;
  const servers = [
    await serving({ port: 0, host: "127.0.0.1" }),
    await serving({ path: socket }),
    await serving({ path: `\0${abstract}` }),
  ];
  const shared = `/dev/shm/cto-hostile-${id}`;
  const shell = async (script: string): Promise<string> =>
    (await hostShell({ script, folder, env: { PATH, SHARED: shared }, timeoutMs: 10_000 })).output.trim();
  const pid = await shell(
    `chmod 755 .; chmod 666 agent.sock; echo x > "$SHARED"; chmod 666 "$SHARED"
     HOST_SECRET=cto-canary-victim nohup sleep 3600 >/dev/null 2>&1 & echo $!`,
  );
  return {
    folder,
    facts: {
      ATTACK_PORT: portOf(servers[0]),
      ATTACK_PID: pid,
      ATTACK_SOCKET: socket,
      ATTACK_ABSTRACT: abstract,
      ATTACK_SHM: path.basename(shared),
      ATTACK_HARNESS_PID: String(process.pid),
    },
    reached: () => reached,
    close: async () => {
      for (const server of servers) server.close();
      await shell(`kill ${pid} || true; rm -f "$SHARED"`);
      await removeGround(folder);
    },
  };
};

/** Where an owner's shell finds its programs. */
export const PATH = "/usr/local/bin:/usr/bin:/bin";

const portOf = (server: Server | undefined): string => {
  const address = server?.address();
  return typeof address === "object" && address !== null ? String(address.port) : "0";
};
