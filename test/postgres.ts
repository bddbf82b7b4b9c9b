import { execFileSync, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chownSync, existsSync, mkdtempSync, readdirSync } from "node:fs";
import { Socket } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";

import { Client } from "pg";

const DEBIAN = "/usr/lib/postgresql";

/** Where Debian's package has its programs, the newest; undefined where there is none. */
export const POSTGRES: string | undefined = ((): string | undefined => {
  const versions = existsSync(DEBIAN)
    ? readdirSync(DEBIAN).filter((name) => existsSync(`${DEBIAN}/${name}/bin/initdb`))
    : [];
  const newest = versions.toSorted((a, b) => Number(a) - Number(b)).at(-1);
  if (newest !== undefined) return `${DEBIAN}/${newest}/bin`;
  process.stderr.write("SKIPPED: no PostgreSQL here, nothing is tried on it: script/bootstrap --tests\n");
  return undefined;
})();

export interface Database {
  readonly url: string;
  /** Empties it for the next one. */
  readonly giveBack: () => Promise<void>;
}

/** An empty database on a server of this process alone, which is started for the first one and ends with the process. */
export const freshDatabase = async (): Promise<Database> => {
  const url = free.pop() ?? (await newDatabase());
  return {
    url,
    giveBack: async () => {
      await onDatabase(url, EMPTY);
      free.push(url);
    },
  };
};

const free: string[] = [];

const newDatabase = async (): Promise<string> => {
  cluster ??= startCluster();
  const socket = await cluster;
  const name = `test_${randomBytes(6).toString("hex")}`;
  await onDatabase(`postgresql://cto@/postgres?host=${socket}`, `create database ${name}`);
  return `postgresql://cto@/${name}?host=${socket}`;
};

const EMPTY = `do $$ declare one text; begin
  for one in select nspname from pg_namespace where nspname !~ '^(pg_|information_schema$)'
    loop execute format('drop schema %I cascade', one); end loop; end $$`;

/** One statement on a database, or several. */
export const onDatabase = async (url: string, sql: string): Promise<readonly Readonly<Record<string, unknown>>[]> => {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
};

let cluster: Promise<string> | undefined;

const startCluster = async (): Promise<string> => {
  if (POSTGRES === undefined) throw new Error("no PostgreSQL here");
  const folder = mkdtempSync(path.join(tmpdir(), "cto-pg-"));
  const owner = ownerOfServer();
  if (owner !== undefined) chownSync(folder, owner.uid, owner.gid);
  const lane = owner === undefined ? [] : [...SETPRIV, `--reuid=${owner.uid}`, `--regid=${owner.gid}`, "--"];
  const [program, ...args] = [...lane, "sh", "-c", SERVE, "sh", POSTGRES, folder];
  const server = spawn(program, args, { stdio: ["pipe", "pipe", "inherit"], cwd: folder });
  await new Promise<void>((resolve, reject) => {
    server.stdout.once("data", () => resolve());
    server.once("exit", (code) => reject(new Error(`PostgreSQL ended with ${code}: ${folder}/log`)));
  });
  // None of it keeps this process; its end is what ends the server.
  server.unref();
  for (const stream of [server.stdin, server.stdout]) if (stream instanceof Socket) stream.unref();
  return folder;
};

// No port of TCP; its folder is gone with it. The shell ends it when the test process, which holds its input, is gone,
// however that ended.
const SERVE = `
set -eu
bin=$1 folder=$2
umask 077
"$bin/initdb" -D "$folder/data" -A trust -U cto -E UTF8 --no-locale --no-sync >"$folder/log" 2>&1
"$bin/postgres" -D "$folder/data" -c listen_addresses= -c unix_socket_directories="$folder" -c max_connections=200 \\
  -c logging_collector=off >>"$folder/log" 2>&1 &
server=$!
until "$bin/pg_isready" -q -h "$folder" -U cto -d postgres; do kill -0 $server; done
echo ready
cat >/dev/null
kill -QUIT $server
wait $server || true
rm -rf "$folder"`;

const SETPRIV = ["setpriv", "--clear-groups", "--inh-caps=-all"] as const;

// PostgreSQL refuses root: then it runs as the user that Debian's package made for it.
const ownerOfServer = (): { readonly uid: number; readonly gid: number } | undefined => {
  if (process.getuid?.() !== 0) return undefined;
  const id = (flag: string): number => Number(execFileSync("id", [flag, "postgres"], { encoding: "utf8" }));
  return { uid: id("-u"), gid: id("-g") };
};
