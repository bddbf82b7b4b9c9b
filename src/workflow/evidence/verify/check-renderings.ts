import { z } from "zod";

import { textIn } from "./bytes.ts";
import { canonical } from "./canonical.ts";
import { readJson, type Reading } from "./reading.ts";
import { fail, passUnless, type Check } from "./verdict.ts";

const ID = "renderings";

const surfaceSchema = z.strictObject({
  schema: z.literal("cto/control-surface/v1"),
  run: z.string(),
  work: z.string(),
  state: z.string(),
  says: z.string(),
  commit: z.json(),
  gate: z.json(),
  criteria: z.array(z.strictObject({ id: z.string(), status: z.string() })),
  actions: z.array(z.strictObject({ action: z.string(), verdict: z.string() })),
  deniedAttempts: z.int(),
  defaultActivation: z.json(),
  replay: z.json(),
  report: z.strictObject({ file: z.literal("report.json"), sha256: z.string() }),
});

/** Step 11: summary and page belong to this report. That they are its rendering is the render replay's to show. */
export const checkRenderings = (reading: Reading): readonly Check[] =>
  passUnless(ID, [...surfaceRows(reading), ...pageRows(reading)], "summary and page belong to this report");

const surfaceRows = ({ files, report, digest }: Reading): readonly Check[] => {
  const off = (says: string): readonly Check[] => [
    fail(ID, "evidence/report-contradicted", says, "control-surface.json"),
  ];
  const surface = readJson(files.get("control-surface.json"), surfaceSchema);
  if (surface === undefined || report === undefined) return off("it does not read as control-surface/v1");
  const same: readonly (readonly [unknown, unknown])[] = [
    [surface.report.sha256, digest("report.json")],
    [surface.run, report.run],
    [surface.work, report.work],
    [surface.state, report.verdict],
    [surface.says, report.says],
    [surface.commit, report.commit],
    [surface.gate, report.gate],
    [surface.criteria, report.criteria.map(({ id, status }) => ({ id, status }))],
    [surface.actions, report.actions.map(({ action, verdict }) => ({ action, verdict }))],
    [surface.deniedAttempts, report.attempts.length],
    [surface.defaultActivation, report.defaultActivation],
    [surface.replay, report.replay],
  ];
  return same.every(([a, b]) => canonical(a) === canonical(b)) ? [] : off("it says something else than the report");
};

const pageRows = ({ files, digest }: Reading): readonly Check[] => {
  const page = textIn(files.get("report.md") ?? new Uint8Array()) ?? "";
  const named = `Drawn from report.json, sha256 ${digest("report.json") ?? ""}, and from nothing else.`;
  return page.includes(named)
    ? []
    : [fail(ID, "evidence/report-contradicted", "it was drawn from another report", "report.md")];
};
