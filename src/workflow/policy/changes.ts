import { digestOf, type Digest } from "../digest.ts";
import type { Oid } from "../ids.ts";

/** One thing that a manifest walk found (git.md 5). Links are read, never followed; nothing else than files is opened. */
export interface ManifestEntry {
  /** The name as UTF-8; where the bytes are not UTF-8, each bad byte is written `\xNN` and `utf8` is false. */
  readonly path: string;
  readonly utf8: boolean;
  readonly type: "f" | "d" | "l" | "p" | "s" | "c" | "b";
  /** Permission, set-id and sticky bits, 12 bits. */
  readonly mode: number;
  readonly nlink: number;
  readonly size: number;
  /** SHA-256 of the content or of the link text; of nothing for the other types. */
  readonly sha256: Digest;
  /** Git's blob id of the same bytes; empty for what git cannot hold. */
  readonly blob: string;
}

export interface Manifest {
  /** In byte order of the paths. Folders are entries too, the root is not. */
  readonly entries: readonly ManifestEntry[];
  /** SHA-256 over `type SP mode SP nlink SP size SP digest SP path NUL` of every entry. */
  readonly digest: Digest;
  readonly files: number;
  readonly bytes: number;
}

export interface Change {
  readonly path: string;
  readonly utf8: boolean;
  readonly kind: "added" | "deleted" | "modified" | "mode" | "retyped";
  readonly before?: ManifestEntry;
  readonly after?: ManifestEntry;
}

/** What the agent left, against what it was given: the union of both detectors of git.md 6. */
export interface Changes {
  readonly changes: readonly Change[];
  /** Paths that only one of the two detectors saw though both should have. */
  readonly disagreements: readonly string[];
  /** What `harvestDigest` makes of the base tree and these changes. */
  readonly harvest: Digest;
  /** Plain files that were read to find them, and their bytes: all, or those that an overlay's journal names. */
  readonly files: number;
  readonly bytes: number;
  /** Absolute path of a folder that holds the new content of every changed file, named by its SHA-256. */
  readonly contents: string;
  /** The limit that the harvest ran into, by name. Then nothing else here may be relied on. */
  readonly limit?: string;
}

/**
 * SHA-256 over `tree SP oid NUL`, then `change SP type SP mode SP nlink SP size SP digest SP path NUL` of every change as
 * it was left, `deleted SP path NUL` of what is gone. Whoever has the changes computes it again.
 */
export const harvestDigest = (base: Oid, changes: readonly Change[]): Digest =>
  digestOf(`tree ${base}\0${changes.map((change) => `${rowOf(change)} ${change.path}\0`).join("")}`);

const rowOf = ({ kind, after }: Change): string =>
  after === undefined
    ? kind
    : `${kind} ${after.type} ${after.mode.toString(8).padStart(4, "0")} ${after.nlink} ${after.size} ${after.sha256}`;
