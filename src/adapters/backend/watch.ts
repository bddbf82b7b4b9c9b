import type { Room } from "../../seams/backend.ts";
import type { RunLimits } from "../../workflow/run-limits.ts";

/** Why a performance ends before the agent ends it. */
export type Interruption =
  | { readonly kind: "cancel"; readonly reason: string }
  | { readonly kind: "limit"; readonly limit: string }
  | { readonly kind: "broken"; readonly error: unknown };

/** The first interruption, if there is one: the operator's, a limit's, or that something of ours broke. */
export interface Watch {
  readonly interrupted: Promise<Interruption>;
  readonly interrupt: (by: Interruption) => void;
  /** What was reached or broke until now, also after the agent had ended: its last words are read then. */
  readonly met: () => Exclude<Interruption, { readonly kind: "cancel" }> | undefined;
  end(): void;
}

/** `idleMs` answers how long nothing has been seen of the agent. */
export const openWatch = (room: Room, limits: RunLimits, idleMs: () => number): Watch => {
  const { promise, resolve: resolveOnce } = Promise.withResolvers<Interruption>();
  let met: ReturnType<Watch["met"]>;
  const resolve = (by: Interruption): void => {
    if (by.kind !== "cancel") met ??= by;
    resolveOnce(by);
  };
  const start = performance.now();
  const stopped = (): void => resolve({ kind: "cancel", reason: "stopped" });
  const look = (): void => {
    if (performance.now() - start > limits.wallMs) resolve({ kind: "limit", limit: "wallMs" });
    if (idleMs() > limits.idleMs) resolve({ kind: "limit", limit: "idleMs" });
    const spent = room.overspent();
    if (spent !== undefined) resolve({ kind: "limit", limit: spent });
  };
  const timer = setInterval(look, Math.min(1_000, Math.max(10, limits.idleMs / 4)));
  room.signal.addEventListener("abort", stopped);
  if (room.signal.aborted) stopped();
  return {
    interrupted: promise,
    interrupt: resolve,
    met: () => met,
    end: () => {
      clearInterval(timer);
      room.signal.removeEventListener("abort", stopped);
    },
  };
};

/** Waits for something at most so long; "late" where it took longer. What it rejects with is passed on. */
export const within = async <T>(ms: number, what: Promise<T>): Promise<T | "late"> => {
  const { promise, resolve } = Promise.withResolvers<"late">();
  const timer = setTimeout(() => resolve("late"), ms);
  try {
    return await Promise.race([what, promise]);
  } finally {
    clearTimeout(timer);
  }
};
