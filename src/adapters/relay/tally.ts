import { createHash } from "node:crypto";

import type { Body } from "../../workflow/policy/exchange.ts";

/** Counts and digests bytes that pass. */
export interface Tally {
  add(bytes: Uint8Array): void;
  bytes(): number;
  body(): Body;
}

export const openTally = (): Tally => {
  const hash = createHash("sha256");
  let bytes = 0;
  return {
    add: (more) => {
      hash.update(more);
      bytes += more.length;
    },
    bytes: () => bytes,
    body: () => ({ bytes, sha256: hash.copy().digest("hex") }),
  };
};
