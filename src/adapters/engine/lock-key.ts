import { createHash } from "node:crypto";

const key = (name: string): string => createHash("sha256").update(name).digest().readBigInt64BE(0).toString();

/** What an advisory lock of PostgreSQL is named by: the first 8 bytes of a SHA-256, as a signed number. */
export const workerKey = (worker: string): string => key(`cto-worker/v1\n${worker}`);
export const targetKey = (target: string): string => key(`cto-target/v1\n${target}`);
export const siteKey = (site: string): string => key(`cto-site/v1\n${site}`);
export const turnsKey: string = key("cto-turns/v1\n");
export const schemaKey: string = key("cto-engine-schema/v1\n");
