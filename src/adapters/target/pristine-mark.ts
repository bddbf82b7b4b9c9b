import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { readFile, rename, writeFile } from "node:fs/promises";

import { z } from "zod";

import { digestOf, parseDigest, type Digest } from "../../workflow/digest.ts";
import { Failure } from "../../workflow/failure.ts";
import type { Oid } from "../../workflow/ids.ts";
import { changeKind } from "./compare-manifests.ts";
import { ManifestLimit, takeManifest } from "./manifest.ts";
import { nameKey } from "./path-name.ts";
import { codeOf } from "./plain-file.ts";
import { readTree } from "./tree.ts";

/** A shared checkout and the file beside it that tells how it was when it was made. */
export interface Pristine {
  readonly folder: string;
  readonly mark: string;
}

export interface Mark {
  readonly listing: Digest;
  /** When every content was last held against the tree. */
  readonly contentCheckedAt: number;
}

/** Writes down how the checkout was. Without this file it is nothing. */
export const mark = async (place: Pristine, { listing, contentCheckedAt }: Mark): Promise<void> => {
  const text = JSON.stringify({ format: 1, listing, contentCheckedAt });
  await writeFile(`${place.mark}.new`, `${text}\n`, { mode: 0o600, flush: true });
  await rename(`${place.mark}.new`, place.mark);
};

/** What was written down; anything that cannot be read as that is none. */
export const markOf = async ({ mark: file }: Pristine): Promise<Mark | "none"> => {
  try {
    const { listing, contentCheckedAt } = MARK.parse(JSON.parse(await readFile(file, "utf8")));
    const digest = parseDigest(listing);
    return digest === undefined ? "none" : { listing: digest, contentCheckedAt };
  } catch {
    return "none";
  }
};

const MARK = z.strictObject({ format: z.literal(1), listing: z.string(), contentCheckedAt: z.number() });

/** By content: every file against the blob of the tree. */
export const isAsLaid = async ({ folder }: Pristine, ledger: string, tree: Oid): Promise<boolean> => {
  const laid = new Map((await readTree(ledger, tree)).map((entry) => [nameKey(entry), entry]));
  try {
    const { entries } = await takeManifest(folder, { skip: () => false });
    return (
      entries.length === laid.size &&
      entries.every((entry) => changeKind(laid.get(nameKey(entry)), entry) === undefined)
    );
  } catch (cause) {
    if (cause instanceof ManifestLimit) return false;
    throw cause;
  }
};

/**
 * Digest of type, mode, links, size, time of change, inode, owner and path of every entry, read by two programs at once.
 * Whoever writes to an entry, or to a file of it by another name, cannot set back its time of change.
 */
export const listingOf = async ({ folder }: Pristine): Promise<Digest | "unreadable"> => {
  const halves = halvesOf(folder);
  if (halves === "unreadable") return "unreadable";
  const digests = await Promise.all(halves.map((places) => listed(folder, places)));
  return digests.includes("unreadable") ? "unreadable" : digestOf(digests.join(" "));
};

/** The root alone, and what lies in it in two parts; the root as a whole where its names are too many for arguments. */
const halvesOf = (folder: string): readonly (readonly string[])[] | "unreadable" => {
  try {
    const names = readdirSync(folder).sort();
    const isPlain = names.join("").length < NAMES_CHARACTERS_MAX && !names.some((name) => name.includes("\uFFFD"));
    if (!isPlain || names.length < 2) return [["."]];
    const half = (rest: number): string[] => names.filter((_, at) => at % 2 === rest).map((name) => `./${name}`);
    return [[".", "-maxdepth", "0"], half(0), half(1)];
  } catch {
    return "unreadable";
  }
};

const listed = async (folder: string, places: readonly string[]): Promise<Digest | "unreadable"> => {
  const find = spawn(FIND, ["-P", ...places, "-printf", FORMAT], {
    cwd: folder,
    env: { LC_ALL: "C" },
    stdio: ["ignore", "pipe", "ignore"],
  });
  const hash = createHash("sha256");
  const ended = once(find, "close");
  try {
    for await (const bytes of find.stdout) hash.update(bytes);
    const [code] = await ended;
    return code === 0 ? (parseDigest(hash.digest("hex")) ?? "unreadable") : "unreadable";
  } catch (cause) {
    throw new Failure("target/tool-absent", `${FIND}: ${codeOf(cause)}`, { cause });
  }
};

const FIND = "/usr/bin/find";
const FORMAT = "%y %m %n %s %C@ %i %U %G %p\\0";
const NAMES_CHARACTERS_MAX = 65_536;
