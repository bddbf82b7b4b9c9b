import type { LedgerRecord } from "../../workflow/ledger.ts";

/** A member of an entry's detail, where it is text. */
export const detailText = ({ detail }: LedgerRecord, member: string): string | undefined => {
  const text = detail?.[member];
  return typeof text === "string" ? text : undefined;
};
