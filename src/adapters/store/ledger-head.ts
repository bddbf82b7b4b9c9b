import type { Kysely } from "kysely";

import type { LedgerHead } from "../../seams/store.ts";
import type { Checkpoint, NoteSigner } from "../../workflow/checkpoint.ts";
import { Failure } from "../../workflow/failure.ts";
import { EMPTY_FRONTIER, leafHash, readFrontier, rootOf, withLeaf, type Frontier } from "../../workflow/merkle.ts";
import { writtenDigest } from "./rows.ts";
import type { Tables } from "./tables.ts";

/** Who signs the checkpoints of a ledger, and under which name. */
export interface Notary {
  readonly origin: string;
  readonly signer: () => Promise<NoteSigner>;
}

type HeadRow = Omit<Tables["ledger_head"], "id">;

export const headRow = async (db: Kysely<Tables>): Promise<HeadRow> =>
  (await db.selectFrom("ledger_head").selectAll().where("id", "=", 1).executeTakeFirst()) ?? NO_HEAD;

// What no ledger of this program has: for its reader everything is wrong, for its writer it is corrupt.
const NO_HEAD: HeadRow = { seq: 0, run_no: 0, sha256: "", frontier: "", note: "" };

/** Where the ledger stands. Reads one row: that it belongs to the records is what `checkLedger` finds out. */
export const headOf = async (db: Kysely<Tables>, origin: string): Promise<LedgerHead> => {
  const head = await headRow(db);
  const checkpoint = checkpointAt(origin, await frontierOf(db, head));
  return { checkpoint, sha256: writtenDigest(head.sha256), note: head.note };
};

/** The tree of the head's row; of the records themselves for a ledger from before its checkpoints were signed. */
export const frontierOf = async (db: Kysely<Tables>, { seq, frontier }: HeadRow): Promise<Frontier> => {
  if (frontier === "") return frontierOver(await textsOf(db));
  const read = readFrontier(frontier, seq);
  if (read === undefined) throw new Failure("store/corrupt", "The head of the ledger is not what this program writes.");
  return read;
};

export const frontierOver = (texts: readonly string[]): Frontier =>
  texts.reduce((frontier, text) => withLeaf(frontier, leafHash(text)), EMPTY_FRONTIER);

export const checkpointAt = (origin: string, frontier: Frontier): Checkpoint => ({
  origin,
  size: frontier.size,
  rootHash: Buffer.from(rootOf(frontier)).toString("base64"),
});

const textsOf = async (db: Kysely<Tables>): Promise<readonly string[]> => {
  const rows = await db.selectFrom("ledger").select("body").orderBy("seq").execute();
  return rows.map(({ body }) => body);
};
