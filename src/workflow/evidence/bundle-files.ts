import { digestOf } from "../digest.ts";
import type { CriterionResult } from "../validation/criteria.ts";
import { junitIn } from "../validation/junit.ts";
import { MANIFEST, SUMS } from "./bundle-table.ts";
import type { Files } from "./bundle.ts";
import { bundleManifest, sumsOf } from "./bundle.ts";
import { confinementProof } from "./confinement.ts";
import { readReplayPaths, renderControlSurface } from "./control-surface.ts";
import { criteriaOf, type BundlePlan } from "./criteria-of.ts";
import { freshnessProof } from "./freshness.ts";
import { jsonFile } from "./json-file.ts";
import { ownedRepoProof } from "./owned-repo.ts";
import { REDACTIONS, redactionsOf } from "./redactions-file.ts";
import { renderReport } from "./render-report.ts";
import { reportOf } from "./report.ts";
import type { RunRecord } from "./run-record.ts";
import { sarifText } from "./sarif.ts";
import type { Report } from "./schemas/report.ts";
import { testLog } from "./test-log.ts";
import { traceLines } from "./trace.ts";
import { verifyGuide, type GuideFacts } from "./verify-guide.ts";

/** Every file of the bundle: `given` are the ones that are not drawn from the record. Same inputs, same bytes. */
export const bundleFiles = (
  record: RunRecord,
  given: Files,
  absentReasons: ReadonlyMap<string, string> = new Map(),
): Files => {
  const sources = withDrawn(record, given);
  const report = reportOf(record, sources, planOf(record, sources));
  const reported = new Map([...sources, ...renderings(report)]);
  const told = new Map([...reported, [REDACTIONS, bytesOf(jsonFile(redactionsOf(record, reported)))]]);
  const listed = new Map([...told, [MANIFEST, bytesOf(bundleManifest(record, told, absentReasons))]]);
  return new Map([...listed, [SUMS, bytesOf(sumsOf(listed))]]);
};

/** The criteria as they will stand in the report; the Harness needs them before it can say how the run ended (R099). */
export const judgedCriteria = (record: RunRecord, given: Files): readonly CriterionResult[] => {
  const sources = withDrawn(record, given);
  return criteriaOf(record, planOf(record, sources));
};

/** report.json and everything that is drawn from it alone: what the render replay makes again. */
export const renderings = (report: Report): ReadonlyMap<string, Uint8Array> => {
  const text = jsonFile(report);
  return new Map([
    ["report.json", bytesOf(text)],
    ["report.md", bytesOf(renderReport(report, digestOf(text)))],
    ["control-surface.json", bytesOf(renderControlSurface(report, digestOf(text)))],
    ["findings.sarif.json", bytesOf(sarifText(report))],
  ]);
};

const withDrawn = (record: RunRecord, given: Files): Files => {
  const log = testLog(record);
  return new Map([
    ...given,
    ...(log === "no-run" ? [] : [["test.log", log] as const]),
    ...record.validation.flatMap(({ on, output }) => {
      const junit = junitIn(output);
      return junit === "none" ? [] : [[`validation/junit.${on}.xml`, junit] as const];
    }),
    ["VERIFY.md", bytesOf(verifyGuide(guideFacts(record)))],
    ["events.normalized.jsonl", bytesOf(record.events.map((line) => `${line}\n`).join(""))],
    ["trace.jsonl", bytesOf(traceLines(record.run, record.work, record.events))],
    ["freshness-proof.json", bytesOf(jsonFile(freshnessProof(record)))],
    ["stage5-owned-repo-proof.json", bytesOf(jsonFile(ownedRepoProof(record)))],
    ["confinement-proof.json", bytesOf(jsonFile(confinementProof(record)))],
  ]);
};

const guideFacts = ({ run, reach, approval, admission, validation }: RunRecord): GuideFacts => ({
  run,
  reach,
  approvers: approval === "none" ? [] : approval.voices.map(({ record }) => record.approver),
  admissionOwner: admission === "none" ? "none" : admission.record.owner,
  isTested: validation.length > 0,
});

const AFTER_REPORT: readonly string[] = [
  "report.json",
  "report.md",
  "control-surface.json",
  "findings.sarif.json",
  REDACTIONS,
  MANIFEST,
  SUMS,
];

/** The names that will be there, and the replay paths as the summary gives them back: drawn once for trying, then for good. */
const planOf = (record: RunRecord, sources: Files): BundlePlan => {
  const paths = new Set([...sources.keys(), ...AFTER_REPORT]);
  const draft = reportOf(record, sources, { paths, replayPaths: { readBack: false, count: 0 } });
  const surface = renderControlSurface(draft, digestOf(jsonFile(draft)));
  const read = readReplayPaths(surface) ?? [];
  const isSame = JSON.stringify(read.map(({ argv }) => argv)) === JSON.stringify(draft.replay.map(({ argv }) => argv));
  return { paths, replayPaths: { readBack: isSame, count: read.length } };
};

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
