import type { Kysely } from "kysely";

import { digestOf, type Digest } from "../../workflow/digest.ts";
import { Failure } from "../../workflow/failure.ts";
import type { Tables } from "./tables.ts";

/** Keeps bytes under their digest; the same bytes twice are one document. */
export const keepDocument = async (
  db: Kysely<Tables>,
  kind: string,
  document: Uint8Array,
  at: string,
): Promise<Digest> => {
  const digest = digestOf(document);
  await db
    .insertInto("documents")
    .values({ digest, kind, body: Buffer.from(document), at })
    .onConflict((same) => same.column("digest").doNothing())
    .execute();
  return digest;
};

export const documentOf = async (db: Kysely<Tables>, digest: Digest): Promise<Uint8Array | "absent"> => {
  const row = await db.selectFrom("documents").select("body").where("digest", "=", digest).executeTakeFirst();
  if (row === undefined) return "absent";
  const bytes = new Uint8Array(row.body);
  if (digestOf(bytes) !== digest)
    throw new Failure("store/corrupt", `Document ${digest} has other bytes than its name.`);
  return bytes;
};
