export { compose, evidence, makeHome, openHome, type ComposeOptions } from "./compose.ts";
export type { World } from "./harness/world.ts";
export { verifyBundle } from "./workflow/evidence/verify/verify.ts";
export type { Verdict } from "./workflow/evidence/verify/verdict.ts";
