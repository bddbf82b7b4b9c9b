import { DatabaseError } from "pg";

import { Failure, type FailureCode } from "../../workflow/failure.ts";
import { MOVED_STATE } from "./moved-ledger.ts";

/** A Failure for what the world can do to a server and the way to it; constraints and misuse stay bugs. */
export const failureOf = (error: unknown): unknown => {
  if (!(error instanceof Error)) return error;
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  const means = error instanceof DatabaseError ? meaningOf(code) : isOfTheWay(error, code) && UNREACHABLE;
  if (means === undefined || means === false) return error;
  const says = error.message === "" ? code : error.message;
  return new Failure(means.code, `${means.says}: ${says}.`, { cause: error, ...("retry" in means && { retry: true }) });
};

/** Whether the same transaction may be tried again at once: another one was in its way. */
export const isConflict = (error: unknown): boolean =>
  error instanceof DatabaseError && ["40001", "40P01"].includes(error.code ?? "");

interface Meaning {
  readonly code: FailureCode;
  readonly says: string;
  readonly retry?: true;
}

const UNREACHABLE: Meaning = { code: "store/unreachable", says: "The PostgreSQL server does not answer", retry: true };
const BUSY: Meaning = { code: "store/busy", says: "Another process holds the ledger", retry: true };
const NO_ACCESS: Meaning = { code: "store/no-access", says: "The PostgreSQL server lets nobody in here" };

// By SQLSTATE, and where it has no line of its own by its first two characters.
const MEANINGS: Readonly<Record<string, Meaning>> = {
  "08": UNREACHABLE,
  "25P03": UNREACHABLE,
  "53300": UNREACHABLE,
  "57P01": UNREACHABLE,
  "57P02": UNREACHABLE,
  "57P03": UNREACHABLE,
  "40001": BUSY,
  "40P01": BUSY,
  "55P03": BUSY,
  "53100": { code: "store/no-space", says: "The ledger cannot be written" },
  "58": { code: "store/no-space", says: "The ledger cannot be written" },
  XX001: { code: "store/corrupt", says: "The ledger is not readable" },
  XX002: { code: "store/corrupt", says: "The ledger is not readable" },
  "28": NO_ACCESS,
  "3D": NO_ACCESS,
  "42501": NO_ACCESS,
  "25006": NO_ACCESS,
  [MOVED_STATE]: { code: "store/moved", says: "Nothing is written here any more" },
};

const meaningOf = (code: string): Meaning | undefined => MEANINGS[code] ?? MEANINGS[code.slice(0, 2)];

// Of the way there is an error of this machine's sockets, or one of the sentences of the driver, which has no codes.
const isOfTheWay = (error: Error, code: string): boolean =>
  (/^E[A-Z_]+$/.test(code) && "syscall" in error && SOCKET_CALLS.has(String(error.syscall))) ||
  /^(?:Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|Client was closed)/.test(
    error.message,
  );

const SOCKET_CALLS: ReadonlySet<string> = new Set(["connect", "read", "write", "getaddrinfo"]);
