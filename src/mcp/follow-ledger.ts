import type { Reading } from "../harness/reading/reading.ts";
import { LIMITS } from "../workflow/limits.ts";
import { resourcesAfter } from "./resource-names.ts";

interface Following {
  readonly pollMs: number;
  readonly signal: AbortSignal;
}

/**
 * Tells which resources may have changed, by looking at the ledger's newest entries every so often, until the signal.
 * Keeps no process alive. A look that fails is made again: whoever reads is told by the answer itself what broke.
 */
export const followLedger = (
  reading: Pick<Reading, "audit">,
  { pollMs, signal }: Following,
  tell: (uris: readonly string[]) => Promise<void>,
): void => {
  let seen: number | undefined;
  const look = async (): Promise<void> => {
    const after = seen ?? Number.MAX_SAFE_INTEGER;
    const { entries, size } = await reading.audit({ after, limit: LIMITS.mcpPollEntriesMax });
    const isFirst = seen === undefined;
    seen = isFirst ? size : (entries.at(-1)?.seq ?? after);
    if (!isFirst) await tell(resourcesAfter(entries));
  };
  const again = (): void => {
    if (signal.aborted) return;
    const timer = setTimeout(() => void look().then(again, again), pollMs);
    timer.unref();
    signal.addEventListener("abort", () => clearTimeout(timer), { once: true });
  };
  void look().then(again, again);
};
