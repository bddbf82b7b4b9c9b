import type { TargetCheck } from "../harness/admission/read-targets.ts";
import type { AdmissionRecord } from "../workflow/admission/admission.ts";
import type { PreflightFinding } from "../workflow/admission/observation.ts";
import { wordsOf } from "../workflow/refusal.ts";
import { visible } from "../workflow/visible-text.ts";
import { relative } from "./duration.ts";
import { table } from "./show.ts";

/** An admission in rows of name and value. */
export const admissionRows = (
  record: AdmissionRecord,
  path: string,
  nowMs: number,
): readonly (readonly [string, string])[] => [
  ["admission", `${visible(record.id)}   ${record.status}   ${visible(path)}`],
  ["target", `${visible(record.path)}   branch ${visible(record.branch)}`],
  ["owner", visible(record.owner)],
  ["risk", visible(record.riskClassification)],
  ["stages", record.stages.join(", ")],
  ["backends", record.backends.join(", ")],
  ["expires", relative(record.expiresAt, nowMs)],
  ...(record.reason === "" ? [] : ([["reason", visible(record.reason)]] as const)),
];

/** One thing that was found in a target, and what a text for agents hides. */
export const foundText = ({ finding, where, hides = [] }: PreflightFinding): string =>
  [`${finding} ${visible(where)}, never run`, ...(hides.length === 0 ? [] : [`hides ${hides.join(", ")}`])].join(", ");

/** What is seen of the target now, and what of it is not as admitted. */
export const checkText = ({ observation, drift, signedBy }: TargetCheck): string => {
  const rows: (readonly [string, string])[] = [["signed by", signedBy ?? "no signature that holds"]];
  if (observation !== "not-plain") {
    rows.push(["seen now", `${visible(observation.branch)}@${observation.head.slice(0, 12)}, clean`]);
    for (const found of observation.findings) rows.push(["listed", foundText(found)]);
  }
  for (const refusal of drift) rows.push(["drift", `${refusal.code}  ${visible(wordsOf(refusal).says)}`]);
  return table(drift.length === 0 ? [...rows, ["drift", "none"]] : rows);
};
