import type { Sandbox } from "../seams/sandbox.ts";
import type { Digest } from "../workflow/digest.ts";

/** A home to be made, as `cto init` is told. */
export interface NewHomeOrder {
  /** Absolute. */
  readonly folder: string;
  readonly owner: string;
  /** Absolute path of a public key file, or of a private one with its `.pub` beside it. */
  readonly key: string;
}

export interface MadeHome {
  readonly folder: string;
  /** What was not there before; whatever stood already was left as it was. A folder has no digest. */
  readonly written: readonly { readonly path: string; readonly sha256: Digest | null }[];
}

/** Why no home was made; nothing was written then. */
export type NoHome = "owner-malformed" | "key-malformed" | "key-absent";

/** What can be asked of this machine where there is no home yet. Writes nothing that stays. */
export interface Machine {
  readonly probeSandbox: Sandbox["probe"];
  /** The version of git that runs here, undefined if none does. */
  readonly gitVersion: () => Promise<string | undefined>;
  /** The path of the tool that signs for the owner, undefined if it is absent. */
  readonly signingTool: () => Promise<string | undefined>;
}
