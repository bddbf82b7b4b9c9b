import { Client } from "pg";

/** Whether two addresses lead to one database, however they are spelled; asked of the servers themselves. */
export const isSameDatabase = async (one: string, other: string): Promise<boolean> =>
  (await identityOf(one)) === (await identityOf(other));

// A server is known by the moment at which it started, which two servers do not share to the microsecond.
const IDENTITY = `select (select oid from pg_database where datname = current_database())::text || ' ' ||
  extract(epoch from pg_postmaster_start_time())::text as identity`;

const identityOf = async (url: string): Promise<string> => {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 10_000, query_timeout: 10_000 });
  // A connection that breaks answers no question; the one that is asked says so.
  client.on("error", () => undefined);
  await client.connect();
  try {
    const { rows } = await client.query<{ identity: string }>(IDENTITY);
    return rows[0]?.identity ?? "";
  } finally {
    await client.end();
  }
};
