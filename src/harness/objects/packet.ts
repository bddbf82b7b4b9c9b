import type { Contract } from "../../workflow/contract/contract-form.ts";
import type { ShownState } from "../../workflow/state-words.ts";
import type { RefusalObject } from "./refusal.ts";
import type { WorkObject } from "./work.ts";

/** One packet of the home: whether it lints, and the work item that it proposes. */
export interface PacketRow {
  readonly path: string;
  readonly sha256: string;
  readonly errors: number;
  readonly warnings: number;
  readonly work?: string;
  readonly title?: string | null;
  readonly state?: ShownState;
  readonly word?: string;
}

/** A packet with the contract that its bytes say. */
export interface PacketObject {
  readonly packet: string;
  readonly contract: Contract;
  readonly digests: { readonly packet: string; readonly contract: string };
  readonly state: ShownState;
  readonly work: WorkObject;
  /** That its owner types to approve it. */
  readonly sentence: string;
}

/** A packet that says no contract, and why. */
export interface NoContract {
  readonly work: string;
  readonly refusals: readonly RefusalObject[];
}
