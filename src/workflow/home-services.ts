import { z } from "zod";

import { LIMITS } from "./limits.ts";
import { isLoopbackName, problemOfUrl } from "./notify-policy.ts";
import { after, ok, type Result } from "./result.ts";
import { readStrictJson } from "./strict-json.ts";

export const SERVICES_PATH = ".cto/services.json";
/** The ledger of a home that has it in itself. */
export const LEDGER_PATH = ".cto/ledger.db";

/** Where the ledger and the bundles of a home are. A home without the file has both in itself. */
export interface Services {
  readonly store: StoreService;
  readonly archive: ArchiveService;
}

export type StoreService = { readonly kind: "sqlite" } | PostgresService;

export interface PostgresService {
  readonly kind: "postgresql";
  /** `postgresql://user@host:port/database`, or `?host=/folder` of a socket; never with a password. */
  readonly url: string;
}

export type ArchiveService = { readonly kind: "folder" } | S3Service;

/** A bucket; its keys come from the environment. */
export interface S3Service {
  readonly kind: "s3";
  readonly endpoint: string;
  readonly bucket: string;
  /** Before every key, without a slash at its ends; empty for none. */
  readonly prefix: string;
  readonly region: string;
  readonly forcePathStyle: boolean;
}

export const EMBEDDED: Services = { store: { kind: "sqlite" }, archive: { kind: "folder" } };

/** services.json, strictly, or what is wrong with it as one clause. */
export const readServices = (bytes: Uint8Array): Result<Services, string> =>
  after(readStrictJson(bytes, LIMITS.servicesBytesMax, schema), ({ store, archive }) =>
    ok({
      store: store ?? EMBEDDED.store,
      archive:
        archive === undefined
          ? EMBEDDED.archive
          : { prefix: "", region: "us-east-1", forcePathStyle: false, ...archive },
    }),
  );

/** The bytes that `readServices` reads back as the same. */
export const writeServices = ({ store, archive }: Services): string =>
  `${JSON.stringify(
    {
      schemaVersion: 1,
      ...(store.kind === "sqlite" ? {} : { store }),
      ...(archive.kind === "folder" ? {} : { archive }),
    },
    null,
    2,
  )}\n`;

/** What keeps a text from being the address of a database, as a clause after "the address"; undefined for one. */
export const problemOfDatabaseUrl = (text: string): string | undefined => {
  if (!/^[\x21-\x7e]{1,2048}$/.test(text)) return "is longer than 2,048 plain characters, or holds others";
  const parts = ADDRESS.exec(text)?.groups;
  if (parts === undefined) return "is not postgresql://USER@HOST:PORT/DATABASE";
  if (parts["password"] !== undefined) return "holds a password: use PGPASSWORD, ~/.pgpass or a socket";
  const options = new URLSearchParams(parts["options"] ?? "");
  const names = [...options.keys()];
  if (names.includes("password")) return "holds a password: use PGPASSWORD, ~/.pgpass or a socket";
  const unknown = names.find((name) => !OPTIONS.has(name));
  if (unknown !== undefined) return `holds the option ${unknown}; it may have ${[...OPTIONS].join(", ")}`;
  if (new Set(names).size !== names.length) return "holds an option twice";
  const host = options.get("host") ?? parts["host"] ?? "";
  if (host === "") return "names no host: ?host=/FOLDER is that of a socket";
  if (host.startsWith("/") || isLoopbackName(host)) return undefined;
  // Whoever sits between could read and change every record.
  return SSL_MODES.has(options.get("sslmode") ?? "")
    ? undefined
    : "leads to another machine: say sslmode=verify-full, or sslmode=disable where the network is yours alone";
};

/** Whether a ledger lies on another machine, as far as its address says. */
export const isElsewhere = (store: StoreService): boolean => {
  if (store.kind === "sqlite") return false;
  const parts = ADDRESS.exec(store.url)?.groups;
  const host = new URLSearchParams(parts?.["options"] ?? "").get("host") ?? parts?.["host"] ?? "";
  return !host.startsWith("/") && !isLoopbackName(host);
};

const ADDRESS =
  /^postgres(?:ql)?:\/\/(?:(?<user>[^:@/?#]+)(?::(?<password>[^@/?#]*))?@)?(?<host>\[[\da-f:.]+\]|[a-z\d._-]*)(?::(?<port>[1-9]\d{0,4}))?\/(?<database>[\w.%-]+)(?:\?(?<options>[^#?]*))?$/i;

const OPTIONS: ReadonlySet<string> = new Set(["host", "port", "user", "sslmode", "sslrootcert", "sslcert", "sslkey"]);
const SSL_MODES: ReadonlySet<string> = new Set(["verify-full", "disable"]);

const databaseUrl = z.string().superRefine((text, context) => {
  const problem = problemOfDatabaseUrl(text);
  if (problem !== undefined) context.addIssue({ code: "custom", message: `the address ${problem}` });
});

const endpoint = z.string().superRefine((text, context) => {
  const problem = problemOfUrl(text) ?? (isOrigin(text) ? undefined : "holds more than a host and a port");
  if (problem !== undefined) context.addIssue({ code: "custom", message: `the address ${problem}` });
});

const isOrigin = (text: string): boolean => [new URL(text).origin, `${new URL(text).origin}/`].includes(text);

const prefix = z
  .string()
  .max(512)
  .regex(
    /^(?:[\w-][\w.-]*(?:\/[\w-][\w.-]*)*)?$/,
    "a prefix is names of letters, digits, ., _ and - with / between them",
  );

const schema = z.strictObject({
  schemaVersion: z.literal(1),
  store: z.strictObject({ kind: z.literal("postgresql"), url: databaseUrl }).exactOptional(),
  archive: z
    .strictObject({
      kind: z.literal("s3"),
      endpoint,
      bucket: z.string().regex(/^[a-z\d][a-z\d.-]{1,61}[a-z\d]$/, "a bucket is 3 to 63 of a-z, 0-9, . and -"),
      prefix: prefix.exactOptional(),
      region: z
        .string()
        .regex(/^[a-z\d-]{1,64}$/, "a region is 1 to 64 of a-z, 0-9 and -")
        .exactOptional(),
      forcePathStyle: z.boolean().exactOptional(),
    })
    .exactOptional(),
});
