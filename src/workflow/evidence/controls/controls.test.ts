import { afterAll, expect, test } from "vitest";

import { sampleBundle } from "../../../../test/fixtures/sample-bundle.ts";
import { digestOf } from "../../digest.ts";
import { bundleFiles } from "../bundle-files.ts";
import { reportSchema } from "../schemas/report.ts";
import { exportedFramework, EXPORT_NOT_CLAIMED, type ExportReport } from "./export-report.ts";
import { exportText } from "./export-text.ts";
import { FRAMEWORK_IDS, FRAMEWORKS } from "./frameworks.ts";
import { judgeControl, type JudgedControl } from "./judge-control.ts";
import { judgePopulation, type PopulationRow } from "./population.ts";
import type { ControlView } from "./view.ts";

const bundle = sampleBundle();
afterAll(() => bundle.world.remove());

const CONTROLS = FRAMEWORK_IDS.flatMap((id) => FRAMEWORKS[id].controls);
const control = (id: string): (typeof CONTROLS)[number] => {
  const found = CONTROLS.find((one) => one.id === id);
  if (found === undefined) throw new Error(`no control ${id}`);
  return found;
};

const viewOf = async (
  files: ReadonlyMap<string, Uint8Array>,
  outcome: ControlView["outcome"] = "accepted",
): Promise<ControlView> => {
  const json = (file: string): unknown => {
    const bytes = files.get(file);
    return bytes === undefined ? undefined : JSON.parse(new TextDecoder().decode(bytes));
  };
  return {
    report: reportSchema.parse(json("report.json")),
    checks: (await bundle.verify(files)).checks,
    digests: new Map([...files].map(([name, bytes]) => [name, digestOf(bytes)])),
    json,
    outcome,
  };
};

const view = await viewOf(bundleFiles(bundle.world.record, bundle.world.given));
const statusOf = (id: string, of: ControlView, isVerified = true): string =>
  judgeControl(control(id), of, isVerified).status;

test("R143 each field of each control is told with its file, its place and its digest", () => {
  for (const one of CONTROLS) {
    const { restsOn, status } = judgeControl(one, view, true);
    if (status === "not-applicable") continue;
    expect(restsOn.map(({ name }) => name)).toEqual(one.fields);
    for (const { file, field, sha256, holds } of restsOn) {
      expect(field).not.toBe("");
      if (holds && file !== "outcome.json") expect(sha256).toBe(view.digests.get(file));
    }
  }
});

test("R143 no control says more than its ceiling, and one that lacks a field says less than one that has it", () => {
  for (const one of CONTROLS) {
    const best = judgeControl(one, view, true).status;
    expect(["not-applicable", one.atMost, "partial", "insufficient"]).toContain(best);
    if (best !== "not-applicable") expect(judgeControl(one, view, false).status).toBe("insufficient");
  }
});

test("R143 a change that nobody else approved, or that was not decided on, is not more than partial for CC8.1", () => {
  const approval = view.report.approval;
  if (approval === null) throw new Error("the sample has an approval");
  const other = { ...view, report: { ...view.report, approval: { ...approval, selfApproved: false } } };
  const self = { ...view, report: { ...view.report, approval: { ...approval, selfApproved: true } } };
  const lacking = (of: ControlView): readonly string[] =>
    judgeControl(control("CC8.1"), of, true).restsOn.flatMap(({ name, holds }) => (holds ? [] : [name]));
  expect(lacking(other)).toEqual([]);
  expect(statusOf("CC8.1", other)).toBe("sufficient");
  expect(statusOf("CC8.1", self)).toBe("partial");
  expect(statusOf("CC8.1", { ...other, outcome: "none" })).toBe("partial");
  expect(statusOf("CC8.1", { ...other, report: { ...other.report, approval: { ...approval, assurance: "A1" } } })).toBe(
    "partial",
  );
});

test("R143 a field that failed its check in the verification does not hold", () => {
  const broken = {
    ...view,
    checks: view.checks.map((check) => (check.id === "patch" ? { ...check, verdict: "FAIL" as const } : check)),
  };
  expect(
    judgeControl(control("SI-7"), broken, true).restsOn.find(({ name }) => name === "patch recomputed")?.holds,
  ).toBe(false);
});

test("R143 R146 a run without a commit, and a run of low risk, is no subject of what asks for these", async () => {
  const { record, given } = bundle.world.ending("blocked");
  const blocked = await viewOf(bundleFiles(record, given), "none");
  expect(statusOf("CC8.1", blocked)).toBe("not-applicable");
  expect(statusOf("CC7.2", blocked)).not.toBe("not-applicable");
  expect(statusOf("Art. 12", view)).toBe("not-applicable");
});

const row = (runNo: number, more: Partial<PopulationRow> = {}): PopulationRow => ({
  runNo,
  run: `R-049-0${runNo}`,
  work: "CTO-WORK-049",
  kind: "execute",
  orderedAt: "2026-06-01T10:00:00.000Z",
  ending: "voided",
  sealed: digestOf(String(runNo)),
  verify: "PASS",
  identity: "verified",
  outcome: "none",
  ...more,
});

test.each<readonly [string, readonly PopulationRow[], number, string]>([
  ["a number in the middle", [row(1), row(3)], 3, "run numbers are missing: 2"],
  ["the newest numbers", [row(1)], 3, "run numbers are missing: 2, 3"],
  ["every run", [], 1, "run numbers are missing: 1"],
  ["a bundle", [row(1, { verify: "no bundle" })], 1, "the sealed bundle of R-049-01 is not here"],
  ["a seal", [row(1, { sealed: null, verify: "no bundle" })], 1, "R-049-01 ended as voided and was never sealed"],
])("R138 a population from which %s was taken is not whole", (_, rows, given, says) => {
  const { completeness, alarms } = judgePopulation(rows, given);
  expect([completeness, ...alarms]).toEqual(["FAIL", says]);
});

test("R138 R145 whole and intact are two verdicts, and a run that a crash left open is told and not missed", () => {
  const open = row(2, { ending: "interrupted", sealed: null, verify: "no bundle" });
  expect(judgePopulation([row(1), open], 2)).toEqual({ integrity: "PASS", completeness: "PASS", alarms: [] });
  expect(judgePopulation([row(1, { verify: "FAIL" })], 1)).toMatchObject({ integrity: "FAIL", completeness: "PASS" });
  expect(judgePopulation([row(1), row(1)], 1)).toMatchObject({
    completeness: "FAIL",
    alarms: ["a run number was given twice"],
  });
});

test("R144 R145 R146 a page names its non-claims and what it rests on, and neither promises nor dates a law", () => {
  const judged: ReadonlyMap<string, readonly JudgedControl[]> = new Map([
    ["R-049-01", CONTROLS.map((one) => judgeControl(one, view, true))],
  ]);
  const report: ExportReport = {
    schema: "cto/control-export/v1",
    harness: "0.1.0",
    ledger: { origin: "o", size: 1, rootHash: "r" },
    verdicts: judgePopulation([row(1)], 1),
    population: [row(1)],
    frameworks: FRAMEWORK_IDS.map((id) => exportedFramework(FRAMEWORKS[id], judged)),
    notClaimed: EXPORT_NOT_CLAIMED,
  };
  const page = `${exportText(report)}\n${JSON.stringify(report.frameworks)}`;
  for (const text of EXPORT_NOT_CLAIMED) expect(page).toContain(text);
  expect(page).toContain("rests on");
  expect(page).toMatch(/^integrity .*\ncompleteness /);
  expect(page).not.toMatch(/\b(?:compliant|compliance|certif\w+|meets|third.party)\b/i);
  expect(page).not.toMatch(/\b(?:19|20)\d\d\b/);
});
