import { connect, type Socket } from "node:net";

import { LIMITS } from "../../workflow/limits.ts";
import type { Address } from "./address.ts";

/** A connection to an address, or undefined where none comes of it or the signal ends it before. */
export type Dial = (address: Address, gone: AbortSignal) => Promise<Socket | undefined>;

export const dialByNet: Dial = ({ address, port }, gone) =>
  new Promise((resolve) => {
    const socket = connect({ host: address, port, timeout: LIMITS.relayHeadersTimeoutMs, allowHalfOpen: true });
    const leave = (): void => void socket.destroy();
    gone.addEventListener("abort", leave, { once: true });
    if (gone.aborted) leave();
    socket.once("timeout", leave);
    socket.once("connect", () => {
      gone.removeEventListener("abort", leave);
      socket.off("timeout", leave);
      socket.setTimeout(LIMITS.relayUpstreamIdleMs, leave);
      resolve(socket);
    });
    socket.on("error", () => resolve(undefined));
    socket.once("close", () => resolve(undefined));
  });
