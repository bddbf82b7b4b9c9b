import type { Json } from "../../workflow/json.ts";
import type { RefusalObject } from "./refusal.ts";

/** One change of a contract: whether it gives more leave, less, or says the same in other words. */
export interface PacketChange {
  readonly field: string;
  readonly class: "widens" | "narrows" | "wording";
  /** What stood there and stands there no more; null where something is new. */
  readonly before: Json;
  readonly after: Json;
  /** Line of the packet of now where it stands; null for what stands there no more, and for what has no line of its own. */
  readonly line: number | null;
}

/** How the packet of now differs from a contract of before. */
export type PacketChanges = { readonly work: string } & (
  | { readonly kind: "never-approved" }
  | { readonly kind: "never-reviewed" }
  | { readonly kind: "no-contract"; readonly refusals: readonly RefusalObject[] }
  | {
      readonly kind: "compared";
      readonly from: {
        readonly approval?: string;
        readonly run?: string;
        readonly work?: string;
        readonly packet?: string;
        readonly contract: string;
      };
      readonly to: { readonly packet: string; readonly contract: string };
      /** Only what an approval record holds of its contract could be compared, where no run has spent it. */
      readonly compared: "contract" | "scope";
      /** `wording` without changes: the packet reads otherwise and says the same contract. */
      readonly class: "widens" | "narrows" | "wording" | "same";
      readonly changes: readonly PacketChange[];
    }
);
