import type { Agents } from "../../seams/backend.ts";
import type { Sandbox } from "../../seams/sandbox.ts";
import type { Digest } from "../../workflow/digest.ts";

/** A home to be made, as `cto init` is told. */
export interface NewHomeOrder {
  /** Absolute. */
  readonly folder: string;
  readonly owner: string;
  /** One OpenSSH public key line: the owner's. */
  readonly publicKey: string;
  /** Lay a git hook as well, that lints the packets of a commit. */
  readonly hook?: "pre-commit" | undefined;
}

/** What was not there before; whatever stood already was left as it was. A folder has no digest. */
export type MadeHome = readonly { readonly path: string; readonly sha256: Digest | null }[];

/** Why no home was made; nothing was written then. */
export type NoHome = "owner-malformed" | "key-malformed" | "no-repository";

/** A page laid for its owner alone, and why no browser showed it, where none did. */
export interface ShownPage {
  readonly page: string;
  readonly problem: string | undefined;
}

/** What can be asked of this machine where there is no home yet. But for a page, writes nothing that stays. */
export interface Machine {
  readonly probeSandbox: Sandbox["probe"];
  /** Those that ship. */
  readonly agents: Agents;
  /** The version of git that runs here; a Failure if none does. */
  readonly gitVersion: () => Promise<string>;
  /** The path of the tool that signs for the owner, undefined if it is absent. */
  readonly signingTool: () => Promise<string | undefined>;
  /** Opens HTML in the browser of whoever runs this. */
  readonly showPage: (html: string) => Promise<ShownPage>;
}
