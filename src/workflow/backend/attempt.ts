import type { BackendProbe } from "../backend-probe.ts";

export type { BackendProbe, Mediation } from "../backend-probe.ts";

/** What a backend wants to do. What fits no other kind is "other", and "other" is denied. */
export type Intent =
  | { readonly kind: "read" | "write" | "delete"; readonly path: string }
  | { readonly kind: "move"; readonly from: string; readonly to: string }
  | { readonly kind: "run"; readonly line: string }
  | { readonly kind: "fetch"; readonly url: string }
  | { readonly kind: "other"; readonly title: string };

/** `rule` is the packet line or base rule that decided; `action` the forbidden action that it was a try at. */
export interface Verdict {
  readonly allowed: boolean;
  readonly rule: string;
  readonly action?: string;
}

/** A claim of success proves nothing. A claim of failure is believed: there is nothing to accept. */
export interface Attempt {
  readonly stop: "completed" | "gave_up" | "cancelled";
  /** Its own stop word. */
  readonly said: string;
  readonly probe: BackendProbe;
  readonly requests: number;
  readonly refused: number;
  readonly unasked: number;
  /** What it claimed about things it may not choose; each a finding `backend/claims-authority`. */
  readonly authorityClaims: readonly string[];
  /** What it said against the protocol or against the truth of its own frames; each a finding `backend/protocol-violation`. */
  readonly protocolViolations: readonly string[];
  /** The limit that ended it, by name, if one did. */
  readonly limit?: string;
}
