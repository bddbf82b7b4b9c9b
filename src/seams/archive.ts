import type { Digest } from "../workflow/digest.ts";
import type { DigestedFile, OddEntry } from "../workflow/evidence/verify/reading.ts";
import type { RunId } from "../workflow/ids.ts";

/** Evidence folders: `.cto/runs/<run-id>/`, sealed by one rename (evidence.md 7). */
export interface Archive {
  /** Starts, or starts again, the partial folder of a run. Whatever a broken seal left there is removed. */
  begin(run: RunId): Promise<void>;
  put(run: RunId, name: string, bytes: Uint8Array): Promise<void>;
  /** fsync, read-only, one atomic rename. Called again on a sealed run: no effect. Answers the digest of SHA256SUMS. */
  seal(run: RunId): Promise<Digest>;
  isSealed(run: RunId): Promise<boolean>;
  /** Absolute path of the sealed folder here, whether or not it is there any more. */
  folder(run: RunId): string;
  /** A later record beside the bundle, which it never touches: `.cto/runs/<run-id>.addenda/<name>` (R119). */
  attach(run: RunId, name: string, bytes: Uint8Array): Promise<void>;
  /** The runs that have a sealed folder. */
  sealedRuns(): Promise<readonly RunId[]>;
  /**
   * Of a sealed folder, another one after every write in it; for whoever remembers what he read there. Undefined where
   * that cannot be told, as right after a write.
   */
  fingerprint(run: RunId): Promise<string | undefined>;
  /** One plain file of a sealed folder, or of what was attached to it, at most `bytesMax`; "absent" for anything else. */
  peek(run: RunId, from: "bundle" | "addenda", name: string, bytesMax: number): Promise<Uint8Array | "absent">;
  /** One file of a sealed folder, exactly as `open` would hold it; "absent" for anything that it would not. */
  read(run: RunId, name: string): Promise<Uint8Array | "absent">;
  /**
   * Any folder that claims to be a bundle, as path -> bytes; refuses links and special files by listing them as `odd`.
   * A partial folder is odd as such, except for the one who is about to seal it and asks for it as `unsealed`. A run
   * whose folder is not here comes from the bucket, if there is one, every byte of it held to its digest: what does not
   * hold is Failure `archive/altered` or `archive/missing`. So it is with `peek` and `read`.
   */
  open(
    place: { readonly run: RunId } | { readonly folder: string } | { readonly unsealed: RunId },
  ): Promise<OpenBundle | "absent">;
  /** Where sealed bundles are also kept, for several machines: services.json names it. */
  readonly bucket: Bucket | "none";
}

/** Sealed bundles on a server. It adds and reads; nothing there is overwritten or deleted. */
export interface Bucket {
  /** For people. */
  readonly place: string;
  /** Uploads what is not there yet of a bundle whose folder is here, and reads it back; again: no effect. "absent" without a folder. */
  push(run: RunId): Promise<Pushed | "absent">;
  /** Reads every object of a bundle back and says what does not hold; "absent" where the bucket has none of this run. */
  check(run: RunId): Promise<Checked | "absent">;
  /** Removes the folder of a sealed run here, and nothing else: for whoever just read everything back. False where there is none. */
  dropFolder(run: RunId): Promise<boolean>;
  /** The runs whose sealed folder is here. */
  here(): Promise<readonly RunId[]>;
  isHere(run: RunId): Promise<boolean>;
}

export interface Pushed {
  readonly run: RunId;
  /** Objects that were not there before, and their bytes without the manifest's. */
  readonly written: number;
  readonly bytes: number;
}

export interface Checked {
  readonly run: RunId;
  readonly files: number;
  readonly bytes: number;
  /** One sentence for each object that is missing or altered; empty where all holds. */
  readonly wrong: readonly string[];
}

export interface OpenBundle {
  readonly folder: string;
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** Files that are too large to hold (`LIMITS.bundleHeldFileBytesMax`): only their size and digest. */
  readonly digested: ReadonlyMap<string, DigestedFile>;
  /** Names that are no plain files, or that collide; the verifier fails on any. */
  readonly odd: readonly OddEntry[];
}
