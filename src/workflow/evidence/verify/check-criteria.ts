import type { Report } from "../schemas/report.ts";
import type { Reading } from "./reading.ts";
import { fail, pass, passUnless, type Check } from "./verdict.ts";

const ID = "criteria";
const FILE = "report.json";

/** Step 11: the criteria are the contract's, word for word, and what is called proven is carried by its source. */
export const checkCriteria = (reading: Reading): readonly Check[] => {
  const { report, records } = reading;
  if (report === undefined) return [fail(ID, "evidence/report-contradicted", "there is no report to read", FILE)];
  const { contract } = records;
  if (contract === undefined)
    return report.criteria.length === 0 || !reading.files.has("approval/contract.json")
      ? [pass(ID, "no contract lies here")]
      : [fail(ID, "evidence/report-contradicted", "criteria without a contract", FILE)];
  const key = ({ id, check, text }: { readonly id: string; readonly check: string; readonly text: string }): string =>
    JSON.stringify([id, check, text]);
  const off = (says: string): Check => fail(ID, "evidence/report-contradicted", says, FILE);
  const isSame = report.criteria.map(key).join("\n") === contract.successCriteria.map(key).join("\n");
  const unproven = report.criteria.filter(({ check, status }) => check !== "owner-judged" && status !== "proven");
  const objections = [
    ...(isSame ? [] : [off("they are not the contract's")]),
    ...(report.verdict === "awaiting_outcome"
      ? unproven.map(({ id }) => off(`${id} is not proven, yet the run awaits its outcome`))
      : []),
    ...report.criteria
      .filter((criterion) => criterion.status === "proven" && !isCarried(reading, report, criterion))
      .map(({ id }) => off(`${id} is called proven against its source`)),
  ];
  return passUnless(ID, objections, `${report.criteria.length} criteria, as the contract words them`);
};

const isCarried = (
  { ownedRepo, tests, files, paths }: Reading,
  report: Report,
  { id, check }: Report["criteria"][number],
): boolean => {
  switch (check) {
    case "target-clean": {
      const change = ownedRepo?.change;
      return change !== undefined && change !== "unknown" && change.clean && change.wrong.length === 0;
    }
    case "evidence-complete":
      return EVIDENCE.every((file) => files.has(file)) && paths.some((file) => file.startsWith("backend/"));
    case "replay-paths":
      return report.replay.length > 0 && files.has("control-surface.json");
    case "default-activation-false":
      return !report.defaultActivation.before && !report.defaultActivation.after;
    case "owner-judged":
      return (
        tests?.some(({ on, criterion, exitCode }) => on === "probe" && criterion === id && exitCode === 0) === true
      );
    default:
      return false;
  }
};

const EVIDENCE: readonly string[] = [
  "report.json",
  "report.md",
  "events.normalized.jsonl",
  "trace.jsonl",
  "patch.diff",
  "test.log",
  "SHA256SUMS",
  "freshness-proof.json",
  "stage5-owned-repo-proof.json",
  "control-surface.json",
];
