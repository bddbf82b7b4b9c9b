import { Kysely, PostgresDialect, sql } from "kysely";
import { Pool, types } from "pg";

import { digestOf } from "../../workflow/digest.ts";
import { Failure } from "../../workflow/failure.ts";
import { LIMITS } from "../../workflow/limits.ts";
import type { Tables } from "./tables.ts";

/** For all that belongs to one transaction after the other: a connection of its own, READ COMMITTED. */
export const openToWrite = (url: string, homeId: string): Kysely<Tables> =>
  kyselyOver(url, 1, [
    ...settingsFor(homeId),
    "default_transaction_isolation=read\\ committed",
    // Whoever freezes inside a transaction holds up the home no longer than this.
    `idle_in_transaction_session_timeout=${LIMITS.storeIdleTransactionMs}`,
  ]);

/** A few connections that cannot write; a transaction of theirs sees one moment. */
export const openToRead = (url: string, homeId: string): Kysely<Tables> =>
  kyselyOver(url, LIMITS.storeReadersMax, [
    ...settingsFor(homeId),
    "default_transaction_read_only=on",
    "default_transaction_isolation=repeatable\\ read",
  ]);

/** The schema that holds one home's ledger: homes in one database share nothing. */
export const schemaOf = (homeId: string): string => `cto_${digestOf(homeId).slice(0, 24)}`;

/** An address for the eye: which database, by which way. */
export const shownUrl = (url: string): string => url.replace(/\?.*$/, "");

/** A server that may lose what it acknowledged is refused, and one that this program was not made for. */
export const requireDurable = async (db: Kysely<Tables>): Promise<void> => {
  const { rows } = await sql<Readonly<Record<string, string>>>`select ${sql.join(
    [...DURABLE, "server_version_num", "server_encoding"].map(
      (name) => sql`current_setting(${sql.lit(name)}) as ${sql.ref(name)}`,
    ),
  )}`.execute(db);
  const [settings = {}] = rows;
  const off = DURABLE.filter((name) => settings[name] === "off");
  if (off.length > 0)
    throw new Failure(
      "store/unsafe-server",
      `The PostgreSQL server has ${off.map((name) => `${name}=off`).join(", ")}.`,
    );
  if (Number(settings["server_version_num"]) < OLDEST_SERVER)
    throw new Failure("store/unsafe-server", "The PostgreSQL server is older than version 15.");
  if (settings["server_encoding"] !== "UTF8")
    throw new Failure("store/unsafe-server", `The database is encoded in ${settings["server_encoding"]}, not in UTF8.`);
};

const DURABLE = ["fsync", "full_page_writes", "synchronous_commit"] as const;
const OLDEST_SERVER = 150_000;

const settingsFor = (homeId: string): readonly string[] => [
  `search_path=${schemaOf(homeId)}`,
  `lock_timeout=${LIMITS.storeBusyTimeoutMs}`,
  "timezone=UTC",
];

const kyselyOver = (url: string, max: number, settings: readonly string[]): Kysely<Tables> => {
  const pool = new Pool({
    connectionString: url,
    max,
    connectionTimeoutMillis: LIMITS.storeBusyTimeoutMs,
    keepAlive: true,
    allowExitOnIdle: true,
    application_name: "cto",
    options: settings.map((setting) => `-c ${setting}`).join(" "),
    types: {
      getTypeParser: (oid, format) => (oid === types.builtins.INT8 ? safeInteger : types.getTypeParser(oid, format)),
    },
  });
  // A connection that breaks while nobody uses it is dropped by the pool; one in use fails in its query.
  pool.on("error", () => undefined);
  pool.on("connect", (client) => client.on("error", () => undefined));
  return new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
};

const safeInteger = (text: string): number => {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new Failure("store/corrupt", `The ledger holds the number ${text}.`);
  return value;
};
