import { link, lstat, mkdir, open, unlink } from "node:fs/promises";
import path from "node:path";

import { NAMESPACES } from "../../seams/keys.ts";
import { digestOf, type Digest } from "../../workflow/digest.ts";
import { isErrno, unreadable } from "./beneath.ts";
import { folderHome } from "./folder-home.ts";
import { HOOK_PATH, HOOK_TEXT, hooksOf } from "./pre-commit-hook.ts";

export interface NewHome {
  /** Principal of the owner, as it will stand in allowed_signers. */
  readonly owner: string;
  /** One OpenSSH public key line. */
  readonly publicKey: string;
  readonly policyText: string;
  /** A ULID: the origin of this home's ledger. */
  readonly homeId: string;
  /** Also lay a hook into the git repository whose root the home is. */
  readonly hook?: "pre-commit" | undefined;
  /** Makes the home's own keys, once its folders stand; answers their lines for allowed_signers. */
  readonly makeKeys: () => Promise<OwnKeysMade>;
}

interface OwnKeysMade {
  /** Relative to the home: what was not there before. */
  readonly written: readonly string[];
  readonly signerLines: readonly string[];
}

export interface WrittenFile {
  /** Relative to the home; a folder ends with `/` and has no digest, nor has a private key. */
  readonly path: string;
  readonly sha256: Digest | null;
}

/** Makes what a home lacks and overwrites nothing; answers what it wrote. A malformed owner or key, or a hook without a repository, writes nothing. */
export const initHome = async (
  folder: string,
  { owner, publicKey, policyText, homeId, hook, makeKeys }: NewHome,
): Promise<readonly WrittenFile[] | "owner-malformed" | "key-malformed" | "no-repository"> => {
  const key = publicKey.trim();
  if (!OWNER.test(owner)) return "owner-malformed";
  if (!PUBLIC_KEY.test(key)) return "key-malformed";
  const written: WrittenFile[] = [];
  try {
    const hooks = hook === undefined ? "folder" : await hooksOf(folder);
    if (hooks === "no-repository") return hooks;
    await mkdir(folder, { recursive: true });
    for (const [name, mode] of [
      ...FOLDERS,
      ...(hooks === "missing" ? [[path.dirname(HOOK_PATH), 0o755] as const] : []),
    ])
      if (await makeFolder(path.join(folder, name), mode)) written.push({ path: `${name}/`, sha256: null });
    const keys = await makeKeys();
    written.push(...keys.written.map((path) => ({ path, sha256: null })));
    const ownerLine = `${owner} namespaces="${NAMESPACES.join(",")}" ${key}`;
    const files: readonly (readonly [string, string, number])[] = [
      [".sot/authority/policy.yaml", policyText, 0o644],
      [".sot/authority/allowed_signers", `${[ownerLine, ...keys.signerLines].join("\n")}\n`, 0o644],
      [HOME_ID, `${homeId}\n`, 0o600],
      // The ledger and the bundles are not documents: they stay out of the home's own git repository.
      [".cto/.gitignore", "*\n", 0o600],
      ...(hook === undefined ? [] : [[HOOK_PATH, HOOK_TEXT, 0o755] as const]),
    ];
    for (const [name, text, mode] of files)
      if (await makeFile(path.join(folder, name), text, mode)) written.push({ path: name, sha256: digestOf(text) });
  } catch (error) {
    throw unreadable(folder, error);
  }
  return written;
};

/** The id that the ledger of a home begins with, undefined before `initHome`. */
export const readHomeId = async (folder: string): Promise<string | undefined> => {
  const document = await folderHome(folder).read(HOME_ID);
  return document === "absent" ? undefined : new TextDecoder().decode(document.bytes).trim();
};

const HOME_ID = ".cto/home-id";

// A principal is a pattern to ssh-keygen: no list, no wildcard, no blank.
const OWNER = /^[a-z][a-z0-9_.-]{0,31}$/;
const PUBLIC_KEY = /^(?:ssh|ecdsa|sk-ssh|sk-ecdsa)-[a-z0-9@.-]+ [A-Za-z0-9+/]+={0,2}(?: [^\p{Cc}]*)?$/u;

const FOLDERS: readonly (readonly [string, number])[] = [
  [".sot", 0o755],
  [".sot/03-PROTOCOLS", 0o755],
  [".sot/authority", 0o755],
  [".cto", 0o700],
  ...["runs", "git", "cache", "consumed", "private", "outcomes"].map((name) => [`.cto/${name}`, 0o700] as const),
];

/** Makes those folders of a home that are missing: a restored one has none in which nothing lay. */
export const makeFolders = async (folder: string): Promise<void> => {
  for (const [name, mode] of FOLDERS) await makeFolder(path.join(folder, name), mode);
};

const makeFolder = async (folder: string, mode: number): Promise<boolean> => {
  try {
    await mkdir(folder, { mode });
    return true;
  } catch (error) {
    if (isErrno(error, "EEXIST") && (await lstat(folder)).isDirectory()) return false;
    throw error;
  }
};

// The whole file or none: another one that stands there, even one that just appeared, stays.
const makeFile = async (file: string, text: string, mode: number): Promise<boolean> => {
  const fresh = `${file}.new-${process.pid}`;
  const handle = await open(fresh, "wx", mode);
  try {
    await handle.writeFile(text);
    await handle.chmod(mode);
    await handle.sync();
    await link(fresh, file);
    return true;
  } catch (error) {
    if (isErrno(error, "EEXIST")) return false;
    throw error;
  } finally {
    await handle.close();
    await unlink(fresh);
  }
};
