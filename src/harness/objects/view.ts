import type { ContractView } from "../../workflow/contract/contract-view.ts";
import type { RefusalObject } from "./refusal.ts";

/** What the approve screen of every surface draws, and what stands against approving it now. Texts may quote the packet. */
export interface PacketView extends ContractView {
  /** By name; in words what is not known yet. */
  readonly digests: { readonly [name: string]: string };
  /** The packet's digest for the eye: its first 16 hex digits, and the same as four words. */
  readonly mark: { readonly hex: string; readonly words: string };
  /** The whole view as text; the Approval record binds its digest. */
  readonly text: string;
  readonly sha256: string;
  readonly approvable: boolean;
  readonly hindrances: readonly RefusalObject[];
}
