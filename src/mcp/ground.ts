import type { Reading } from "../harness/reading/reading.ts";

/** All that an assistant's process is given of a home. None of it writes, signs, starts or decides anything. */
export interface McpGround {
  readonly reading: Reading;
  /** Of the Harness. */
  readonly version: string;
  /** When the sandbox was last tried on this machine (RFC 3339, UTC), or "never": it is not tried here. */
  readonly sandboxSeenAt: () => Promise<string>;
  /** Rejects with Failure `store/moved` where the ledger goes on elsewhere since this was opened: what is here is old. */
  readonly mustBeHere: () => Promise<void>;
  readonly close: () => Promise<void>;
}
