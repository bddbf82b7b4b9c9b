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
  /** Absolute path of the sealed folder. */
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
   * A partial folder is odd as such, except for the one who is about to seal it and asks for it as `unsealed`.
   */
  open(
    place: { readonly run: RunId } | { readonly folder: string } | { readonly unsealed: RunId },
  ): Promise<OpenBundle | "absent">;
}

export interface OpenBundle {
  readonly folder: string;
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** Files that are too large to hold (`LIMITS.bundleHeldFileBytesMax`): only their size and digest. */
  readonly digested: ReadonlyMap<string, DigestedFile>;
  /** Names that are no plain files, or that collide; the verifier fails on any. */
  readonly odd: readonly OddEntry[];
}
