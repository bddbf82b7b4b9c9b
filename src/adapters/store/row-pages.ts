import { sql, type Kysely } from "kysely";

import type { Tables } from "./tables.ts";

export type AnyRow = Readonly<Record<string, unknown>>;

/** The rows of a table as they lie there, page after page in the order of its key, however many there are. */
export async function* pagesOf(
  db: Kysely<Tables>,
  { table, key }: { readonly table: keyof Tables; readonly key: readonly string[] },
): AsyncGenerator<readonly AnyRow[]> {
  const columns = sql.join(key.map((name) => sql.ref(name)));
  const max = table === "documents" ? DOCUMENTS_AT_ONCE : ROWS_AT_ONCE;
  let last: AnyRow | undefined;
  do {
    const from =
      last === undefined ? sql`` : sql`where (${columns}) > (${sql.join(key.map((name) => sql.val(last?.[name])))})`;
    const { rows } = await sql<AnyRow>`select * from ${sql.table(table)} ${from}
      order by ${columns} limit ${sql.lit(max)}`.execute(db);
    if (rows.length > 0) yield rows;
    last = rows.length === max ? rows.at(-1) : undefined;
  } while (last !== undefined);
}

// A statement may have 32,766 parameters; a document may have megabytes.
const ROWS_AT_ONCE = 256;
const DOCUMENTS_AT_ONCE = 16;
