import type { ShownState } from "./state-words.ts";

/** Which kind of voided a run is, by the code of the refusal that voided it. */
export const voidedBy = (code: string | null): ShownState => {
  if (code === "policy/no-change") return "voided(no-change)";
  if (code?.startsWith("validation/") === true) return "voided(validation)";
  return CONFINEMENT.has(code ?? "") ? "voided(confinement)" : "voided(policy)";
};

const CONFINEMENT: ReadonlySet<string> = new Set([
  "workspace/canary-succeeded",
  "workspace/canary-without-teeth",
  "workspace/process-outlived",
]);
