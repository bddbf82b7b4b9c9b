/** The line. A stage may know the stages to its left and the files at the root of `workflow/`. */
export const STAGES = [
  "packet",
  "contract",
  "admission",
  "approval",
  "gate",
  "workspace",
  "backend",
  "policy",
  "validation",
  "commit",
  "evidence",
  "outcome",
] as const;

export type Stage = (typeof STAGES)[number];
