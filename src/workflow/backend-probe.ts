import type { Digest } from "./digest.ts";

/** How much of an agent's work passes through our hands (backends.md 4). Enforcement never rests on it. */
export const MEDIATIONS = ["full", "writes", "ask", "observe", "none"] as const;
export type Mediation = (typeof MEDIATIONS)[number];

/** Whether less passes through our hands than is asked for. */
export const isBelowMediation = (seen: Mediation, asked: Mediation): boolean =>
  MEDIATIONS.indexOf(seen) > MEDIATIONS.indexOf(asked);

/** What stands behind a backend kind here. Probing calls no model. */
export interface BackendProbe {
  readonly profile: string;
  readonly version: string;
  readonly binary: Digest;
  readonly declared: Mediation;
}
