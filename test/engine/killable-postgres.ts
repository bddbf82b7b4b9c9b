import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { chownSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";

import { onDatabase, POSTGRES } from "../postgres.ts";

// A PostgreSQL that can be killed and started again, and whose databases are copies of one with its tables laid.

export interface Postgres {
  /** Of the server that runs now. */
  pid(): number;
  /** The url of a new database, empty or a copy of another one that nobody is connected to. */
  database(template?: string): Promise<string>;
  /** Kills the server as a power cut would end it, and settles when it is gone. */
  kill(): Promise<void>;
  start(): Promise<void>;
  /** Ends it and removes its folder. */
  close(): Promise<void>;
}

export const startPostgres = async (below: string = tmpdir()): Promise<Postgres> => {
  const programs = POSTGRES;
  if (programs === undefined) throw new Error("no PostgreSQL here");
  const folder = mkdtempSync(path.join(below, "cto-pg-"));
  const data = path.join(folder, "data");
  const asPostgres =
    process.getuid?.() === 0 ? ["--reuid=postgres", "--regid=postgres", "--clear-groups", "--inh-caps=-all"] : [];
  if (asPostgres.length > 0) {
    const id = (flag: string): number => Number(execFileSync("id", [flag, "postgres"], { encoding: "utf8" }));
    chownSync(folder, id("-u"), id("-g"));
  }
  execFileSync(
    "setpriv",
    [
      ...asPostgres,
      path.join(programs, "initdb"),
      "-D",
      data,
      "-A",
      "trust",
      "-U",
      "cto",
      "-E",
      "UTF8",
      "--no-locale",
      "--no-sync",
    ],
    { stdio: ["ignore", "ignore", "inherit"], cwd: "/" },
  );
  const urlOf = (database: string): string => `postgresql://cto@/${database}?host=${folder}`;
  const ask = (database: string, sql: string): Promise<unknown> => onDatabase(urlOf(database), sql);

  let server: ChildProcess | undefined;
  const start = async (): Promise<void> => {
    for (const end = Date.now() + 30_000; ;) {
      const settings = ["listen_addresses=", `unix_socket_directories=${folder}`, "max_connections=200"];
      const started = spawn(
        "setpriv",
        [
          ...asPostgres,
          "--pdeathsig=INT",
          path.join(programs, "postgres"),
          "-D",
          data,
          ...settings.flatMap((one) => ["-c", one]),
        ],
        { stdio: "ignore", cwd: "/" },
      );
      const isUp = await answers(() => ask("postgres", "select 1"), started);
      server = started;
      if (isUp) return;
      if (Date.now() > end) throw new Error("PostgreSQL did not start within 30 seconds");
    }
  };
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    const ending = server;
    if (ending === undefined || ending.exitCode !== null || ending.signalCode !== null) return;
    const gone = new Promise((resolve) => ending.once("exit", resolve));
    ending.kill(signal);
    await gone;
  };
  await start();
  let databases = 0;
  return {
    database: async (template) => {
      const name = `t${(databases += 1)}`;
      const [, from = "template1"] = /@\/(\w+)\?/.exec(template ?? "") ?? [];
      await ask("postgres", `create database ${name} template ${from}`);
      return urlOf(name);
    },
    pid: () => server?.pid ?? 0,
    kill: () => end("SIGKILL"),
    start,
    close: async () => {
      await end("SIGQUIT");
      rmSync(folder, { recursive: true, force: true });
    },
  };
};

/** Whether the server answers before it exits; one whose forerunner's processes still live exits and is started again. */
const answers = async (ask: () => Promise<unknown>, server: ChildProcess): Promise<boolean> => {
  while (server.exitCode === null && server.signalCode === null) {
    try {
      await ask();
      return true;
    } catch {
      await delay(20);
    }
  }
  return false;
};
