import { lstatSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";

import type { ControlEntry, ControlPlane } from "../../workflow/admission/observation.ts";
import { canonicalJson, digestOf } from "../../workflow/digest.ts";
import type { ManifestEntry } from "../../workflow/policy/changes.ts";
import { parseGitConfig } from "./git-config.ts";
import { parseIndex } from "./index-file.ts";
import { takeManifest } from "./manifest.ts";
import { readPlainFile } from "./plain-file.ts";
import { readRefs } from "./refs.ts";
import { walk } from "./walk.ts";

export { readRefs, refValue } from "./refs.ts";

export interface ControlPlaneOptions {
  /** Exact content of an `index.lock` that the Harness itself holds: then that file is no entry. */
  readonly heldLock?: string;
}

/**
 * Everything in `T/.git` that can redirect or execute, read as files (git.md 8). Names of entries:
 * `place root`, `place .git` -> device inode uid gid mode; `ref <name> loose|packed` -> id or `ref: <name>`;
 * `index` -> digest of entries and flags; `log <name>` -> bytes, digest, last line; `object <path>` -> bytes;
 * `named <key>` -> digest of a file that the config names; `file <path>` -> type mode nlink size digest of all else.
 */
export const snapshotControlPlane = async (
  repository: string,
  options: ControlPlaneOptions = {},
): Promise<ControlPlane> => {
  const gitDir = join(repository, ".git");
  const places = [placeOf("place root", repository), placeOf("place .git", gitDir)];
  const inside = isFolder(gitDir) ? await entriesInside(repository, gitDir, options) : [fileAt(".git", gitDir)];
  const entries = [...places, ...inside].sort((a, b) => (a.name < b.name ? -1 : 1));
  return { digest: digestOf(canonicalJson(entries)), entries };
};

/** Whether `index.lock` is the one that the Harness itself made with this content. */
export const isHeldLock = (gitDir: string, heldLock: string | undefined): boolean => {
  if (heldLock === undefined) return false;
  const lock = readPlainFile(join(gitDir, "index.lock"), LOCK_BYTES_MAX);
  return lock.is === "plain" && new TextDecoder().decode(lock.bytes).trimEnd() === heldLock.trimEnd();
};

const LOCK_BYTES_MAX = 4096;
const CONFIG_BYTES_MAX = 1_048_576;
const LOG_BYTES_MAX = 67_108_864;
const INDEX_BYTES_MAX = 268_435_456;

const entriesInside = async (
  repository: string,
  gitDir: string,
  { heldLock }: ControlPlaneOptions,
): Promise<ControlEntry[]> => {
  const ownLock = isHeldLock(gitDir, heldLock);
  const elsewhere = (path: string): boolean =>
    path === "objects" || path === "index" || (ownLock && path === "index.lock");
  const manifest = await takeManifest(gitDir, { skip: elsewhere });
  const files = manifest.entries.flatMap((entry) => entryOf(gitDir, entry));
  const refs = (await readRefs(gitDir)).map(({ name, value, stored }) => ({ name: `ref ${name} ${stored}`, value }));
  return [...files, ...refs, ...(await objectsIn(gitDir)), indexIn(gitDir), ...namedByConfig(repository, gitDir)];
};

const entryOf = (gitDir: string, entry: ManifestEntry): ControlEntry[] => {
  const { path, type } = entry;
  const [top] = path.split("/");
  if (top === "refs" && (type === "f" || type === "d")) return [];
  if (top === "logs" && type === "d") return [];
  if (top === "logs" && type === "f") return [{ name: `log ${path}`, value: logValue(join(gitDir, path), entry) }];
  return [{ name: `file ${path}`, value: valueOf(entry) }];
};

const valueOf = ({ type, mode, nlink, size, sha256 }: ManifestEntry): string =>
  type === "d" ? `d ${octal(mode)}` : `${type} ${octal(mode)} ${nlink} ${size} ${sha256}`;

const octal = (mode: number): string => mode.toString(8).padStart(4, "0");

const logValue = (file: string, { size, sha256 }: ManifestEntry): string => {
  const read = readPlainFile(file, LOG_BYTES_MAX);
  const lines = read.is === "plain" ? new TextDecoder().decode(read.bytes).trimEnd().split("\n") : [];
  return `${size} ${sha256} ${lines.at(-1) ?? ""}`;
};

/** Names and sizes; the content of an object is judged by its name when it is read. */
const objectsIn = async (gitDir: string): Promise<ControlEntry[]> => {
  const folder = join(gitDir, "objects");
  if (!isFolder(folder)) return [fileAt("objects", folder)];
  const info = await takeManifest(folder, { skip: (path) => path !== "info" && !path.startsWith("info/") });
  const entries = info.entries.map((entry) => ({ name: `file objects/${entry.path}`, value: valueOf(entry) }));
  for (const { path, stat } of walk(folder, (path) => path === "info")) {
    if (stat.isFile()) entries.push({ name: `object ${path}`, value: String(stat.size) });
    else if (!stat.isDirectory())
      entries.push({ name: `file objects/${path}`, value: `special ${stat.mode.toString(8)}` });
  }
  return entries;
};

/** Times and caches in an index are no facts of the repository; entries, flags and what redirects are. */
const indexIn = (gitDir: string): ControlEntry => {
  const read = readPlainFile(join(gitDir, "index"), INDEX_BYTES_MAX);
  if (read.is !== "plain") return { name: "index", value: read.is };
  const index = parseIndex(read.bytes);
  if (index === undefined) return { name: "index", value: `unreadable ${digestOf(read.bytes)}` };
  const lines = index.entries.map(
    ({ name, mode, oid, stage, assumeUnchanged, skipWorktree, intentToAdd }) =>
      `${mode} ${oid} ${stage} ${Number(assumeUnchanged)}${Number(skipWorktree)}${Number(intentToAdd)} ${name}\0`,
  );
  const extensions = index.extensions.filter((name) => !CACHES.has(name));
  const value = `${lines.length} ${digestOf(Buffer.from(lines.join(""), "latin1"))} ${extensions.join(",")}`;
  return { name: "index", value: value.trimEnd() };
};

const CACHES: ReadonlySet<string> = new Set(["TREE", "EOIE", "IEOT", "UNTR"]);

const NAMES_A_FILE = /^(?:include\.path|includeif\..*\.path|core\.(?:excludesfile|attributesfile))$/s;

const namedByConfig = (repository: string, gitDir: string): ControlEntry[] => {
  const read = readPlainFile(join(gitDir, "config"), CONFIG_BYTES_MAX);
  const config = read.is === "plain" ? parseGitConfig(read.bytes) : undefined;
  if (config?.readable !== true) return [];
  return config.entries.flatMap(({ key, value, line }) => {
    if (value === true || !NAMES_A_FILE.test(key)) return [];
    const from = key.startsWith("include") ? gitDir : repository;
    const file = value.startsWith("~/") ? join(homedir(), value.slice(2)) : resolve(from, value);
    const named = readPlainFile(file, CONFIG_BYTES_MAX);
    return [{ name: `named ${key} ${line}`, value: named.is === "plain" ? digestOf(named.bytes) : named.is }];
  });
};

const isFolder = (path: string): boolean => lstatSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;

const placeOf = (name: string, path: string): ControlEntry => {
  const stat = lstatSync(path, { throwIfNoEntry: false, bigint: true });
  if (stat === undefined) return { name, value: "absent" };
  return { name, value: `${stat.dev} ${stat.ino} ${stat.uid} ${stat.gid} ${stat.mode.toString(8)}` };
};

const fileAt = (name: string, path: string): ControlEntry => {
  const read = readPlainFile(path, CONFIG_BYTES_MAX);
  return { name: `file ${name}`, value: read.is === "plain" ? digestOf(read.bytes) : read.is };
};
