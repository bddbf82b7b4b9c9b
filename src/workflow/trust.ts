export const TRUST = ["human-signed", "harness-observed", "derived", "agent-claimed", "backend-claimed"] as const;
/** Who vouches for a fact (evidence.md 1). A claim is never read as a fact by gate, policy or verdict. */
export type Trust = (typeof TRUST)[number];
