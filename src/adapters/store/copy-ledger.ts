import type { Kysely } from "kysely";

import type { Digest } from "../../workflow/digest.ts";
import { Failure } from "../../workflow/failure.ts";
import { refusal, type Refusal } from "../../workflow/refusal.ts";
import { ok, refuse, type Result } from "../../workflow/result.ts";
import { ledgerProblems } from "./check-ledger.ts";
import { copyTables, type RowCounts } from "./copy-tables.ts";
import type { Dialect } from "./ddl.ts";
import { headOf, type Notary } from "./ledger-head.ts";
import { blockWrites } from "./moved-ledger.ts";
import type { Tables } from "./tables.ts";

/** A place where the ledger of a home lies, or may lie. */
export interface LedgerPlace {
  readonly dialect: Dialect;
  /** As it is shown. */
  readonly name: string;
  /** Lends the ledger that lies here; nobody else writes meanwhile. What `act` wrote stays if it settles. */
  readonly hold: <T>(act: (db: Kysely<Tables>) => Promise<T>) => Promise<T>;
  /** Where the ledger ends that lies here. */
  readonly end: () => Promise<LedgerEnd | "none">;
  /** Makes a ledger here in one transaction, in the place of one that is kept aside. */
  readonly make: <T>(fill: (db: Kysely<Tables>) => Promise<T>) => Promise<T>;
  /** After the home was led elsewhere: what is left here is out of the way. */
  readonly setAside: () => Promise<void>;
  readonly failureOf: (error: unknown) => unknown;
}

export interface LedgerEnd {
  readonly seq: number;
  readonly sha256: string;
}

export interface Copied {
  readonly rows: RowCounts;
  readonly size: number;
  readonly rootHash: string;
}

/**
 * Copies a ledger to another place, where it is then the same byte for byte, and lets nobody write to the old one. The
 * home is led there by `lead`, in between: broken off before, the old ledger is the one, and the same may be done again.
 */
export const copyLedger = async (order: {
  readonly from: LedgerPlace;
  readonly to: LedgerPlace;
  readonly start: Digest;
  readonly notary: Notary;
  readonly lead: () => Promise<void>;
}): Promise<Result<Copied, Refusal>> => {
  const { from, to, start, notary, lead } = order;
  const copied = await orFailure(from, () =>
    from.hold(async (old) => {
      const [open] = await old.selectFrom("runs").select("run_id").where("shown", "is", null).limit(1).execute();
      if (open !== undefined) return refuse(refusal("ledger/run-open", { run: open.run_id }));
      const wrong = await ledgerProblems(old, start, notary);
      if (wrong.length > 0) throw new Failure("store/corrupt", "The ledger does not hold; cto store check says where.");
      const end = await orFailure(to, to.end);
      if (end !== "none" && !(await isPartOf(old, end)))
        return refuse(refusal("ledger/another-there", { place: to.name, size: String(end.seq) }));
      const rows = await orFailure(to, () =>
        to.make(async (fresh) => {
          const counts = await copyTables(old, fresh);
          if ((await ledgerProblems(fresh, start, notary)).length > 0)
            throw new Failure("store/corrupt", "The copy does not hold; nothing was moved.");
          return counts;
        }),
      );
      const { checkpoint } = await headOf(old, notary.origin);
      await blockWrites(from.dialect, old);
      return ok({ rows, size: checkpoint.size, rootHash: checkpoint.rootHash });
    }),
  );
  if (!copied.ok) return copied;
  await lead();
  await from.setAside();
  return copied;
};

/** Whether a ledger holds nothing that this one does not hold: an older copy of it, or none of a record. */
const isPartOf = async (db: Kysely<Tables>, { seq, sha256 }: LedgerEnd): Promise<boolean> => {
  if (seq === 0) return true;
  const row = await db.selectFrom("ledger").select("sha256").where("seq", "=", seq).executeTakeFirst();
  return row?.sha256 === sha256;
};

const orFailure = async <T>(place: LedgerPlace, act: () => Promise<T>): Promise<T> => {
  try {
    return await act();
  } catch (error) {
    throw place.failureOf(error);
  }
};
