import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createConnection, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";

// A line to a database on a socket, which can be cut while the database and whoever calls it live on.

export type Cut = "silent" | "closed";

export interface CutLine {
  /** The url of the same database at the end of this line. */
  readonly url: string;
  /** From now on nothing passes; either nobody is told so, or every connection is closed. */
  cut(how: Cut): void;
  close(): Promise<void>;
}

const SOCKET = ".s.PGSQL.5432";

export const layLine = async (url: string): Promise<CutLine> => {
  const [, server = ""] = /[?&]host=([^&]+)/.exec(url) ?? [];
  const folder = mkdtempSync(path.join(tmpdir(), "cto-line-"));
  const sockets = new Set<Socket>();
  let isCut = false;
  const line = createServer((near) => {
    const far = createConnection(path.join(server, SOCKET));
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.on("error", () => undefined);
      from.on("data", (bytes: Uint8Array) => {
        if (!isCut) to.write(bytes);
      });
      // Whoever hangs up behind a cut line is not heard at its other end.
      from.on("close", () => {
        sockets.delete(from);
        if (!isCut) to.destroy();
      });
    }
  }).listen(path.join(folder, SOCKET));
  await once(line, "listening");
  return {
    url: url.replace(server, folder),
    cut: (how) => {
      isCut = true;
      if (how === "closed") for (const socket of sockets) socket.destroy();
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => line.close(resolve));
      rmSync(folder, { recursive: true, force: true });
    },
  };
};
