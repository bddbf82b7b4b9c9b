import type { Server } from "node:http";
import { connect, type Socket } from "node:net";

import { LIMITS } from "../../workflow/limits.ts";

/** What is going on at one server, so that nothing that has come to it is lost when it ends. */
export interface Drain {
  /** Something that is not over yet. Work that breaks lets nobody else in: it ends every connection there is. */
  hold(work: Promise<void>): void;
  /**
   * Waits until all that came before this call is over, as far as its time reaches; then ends the rest. Rejects with
   * what the first work broke by, so that whoever reached a bug of ours ends a run and not the Harness.
   */
  end(): Promise<void>;
}

export const drainOf = (server: Server, path: string): Drain => {
  const sockets = new Set<Socket>();
  const going = new Set<Promise<void>>();
  const broken: unknown[] = [];
  // Every socket by itself: what became a tunnel is no connection of the server's any more.
  server.on("connection", (socket) => {
    if (broken.length > 0) return void socket.destroy();
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  const areOver = async (): Promise<void> => {
    while (sockets.size + going.size > 0) {
      const closed = [...sockets].map((socket) => new Promise<void>((resolve) => socket.once("close", resolve)));
      await Promise.all([...closed, ...going]);
    }
  };
  return {
    hold: (work) => {
      const told = work.catch((error: unknown) => {
        broken.push(error);
        for (const socket of sockets) socket.destroy();
      });
      going.add(told);
      void told.finally(() => going.delete(told));
    },
    end: async () => {
      const isOver = allAccepted(path).then(areOver);
      await inTime(isOver, LIMITS.relayDrainMs);
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      await Promise.all([closed, ...going]);
      if (broken.length > 0) throw broken[0];
    },
  };
};

// Connections are accepted in the order in which they came: once one of our own is, all before it have been.
const allAccepted = (path: string): Promise<void> =>
  new Promise((resolve) => {
    const last = connect(path);
    last.once("close", () => resolve());
    last.once("error", () => last.destroy());
    last.once("connect", () => last.end());
  });

const inTime = async (work: Promise<void>, ms: number): Promise<void> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([work, late]);
  clearTimeout(timer);
};
