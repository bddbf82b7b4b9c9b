import type { Framework } from "./control.ts";
import { AIUC_1 } from "./tables/aiuc-1.ts";
import { EU_AI_ACT } from "./tables/eu-ai-act.ts";
import { ISO_42001 } from "./tables/iso-42001.ts";
import { NIST } from "./tables/nist.ts";
import { OWASP_ASI } from "./tables/owasp-asi.ts";
import { SOC2 } from "./tables/soc2.ts";

export const FRAMEWORK_IDS = ["soc2-cc8.1", "aiuc-1", "owasp-asi", "iso-42001", "eu-ai-act", "nist"] as const;
export type FrameworkId = (typeof FRAMEWORK_IDS)[number];

/** Every framework that an export can speak to. Titles and controls are paraphrased; their texts belong to others. */
export const FRAMEWORKS: Readonly<Record<FrameworkId, Framework>> = {
  "soc2-cc8.1": SOC2,
  "aiuc-1": AIUC_1,
  "owasp-asi": OWASP_ASI,
  "iso-42001": ISO_42001,
  "eu-ai-act": EU_AI_ACT,
  nist: NIST,
};
