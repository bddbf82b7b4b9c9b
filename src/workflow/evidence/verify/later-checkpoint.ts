import { z } from "zod";

import { SEAL } from "../bundle-table.ts";
import { base64Bytes, sameBytes, textIn } from "./bytes.ts";
import { readLogProof } from "./note.ts";
import type { Reading } from "./reading.ts";

/** The ledger as it was shown to whoever signed. */
export interface ShownLedger {
  readonly origin: string;
  readonly size: number;
  readonly rootHash: string;
}

export const shownLedgerSchema: z.ZodType<ShownLedger> = z.strictObject({
  origin: z.string(),
  size: z.int().nonnegative(),
  rootHash: z.string(),
});

/** What this ledger must have held already when it was shown. */
export interface ShownAfter {
  readonly size: number;
  /** Follows "before" in a sentence. */
  readonly what: string;
}

/** What is wrong with the ledger that a later record was signed over, as far as this bundle can show it. */
export const ledgerObjections = (
  reading: Reading,
  shown: ShownLedger,
  after: ShownAfter | "unknown",
): readonly string[] => {
  const known = knownTrees(reading);
  const root = base64Bytes(shown.rootHash);
  if (root?.length !== 32) return ["the root of the ledger that it was signed over does not read"];
  return [
    ...(known.every(({ origin }) => origin === shown.origin)
      ? []
      : [`it was signed over ${shown.origin}, another ledger`]),
    ...(after === "unknown" || shown.size >= after.size
      ? []
      : [`it was signed over ${shown.size} records of the ledger, before ${after.what}`]),
    ...(known.every(({ size, root: own }) => size !== shown.size || (own !== undefined && sameBytes(own, root)))
      ? []
      : [`the first ${shown.size} records of the ledger had another root when this run was recorded`]),
  ];
};

interface KnownTree {
  readonly origin: string;
  readonly size: number;
  readonly root: Uint8Array | undefined;
}

/** Trees of the ledger that the bundle tells of: as its approvers saw it, and as it was at use and seal. */
const knownTrees = ({ records, files }: Reading): readonly KnownTree[] => [
  ...records.approvals.flatMap(({ record }) => {
    const seen = record?.predicate.ledgerCheckpoint;
    return seen === undefined ? [] : [{ origin: seen.origin, size: seen.size, root: base64Bytes(seen.rootHash) }];
  }),
  ...["approval/consumption.tlog-proof", SEAL.proof].flatMap((file) => {
    const bytes = files.get(file);
    return (bytes === undefined ? undefined : readLogProof(textIn(bytes) ?? ""))?.note ?? [];
  }),
];
