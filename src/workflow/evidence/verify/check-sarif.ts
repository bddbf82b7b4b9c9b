import { z } from "zod";

import type { Report } from "../schemas/report.ts";
import { canonical } from "./canonical.ts";
import { readJson, type Reading } from "./reading.ts";
import { fail, passUnless, type Check } from "./verdict.ts";

const ID = "findings";
const FILE = "findings.sarif.json";

/** Step 11: the SARIF file says every refusal, violation, finding and attempt of the report, and nothing else. */
export const checkSarif = ({ files, report }: Reading): readonly Check[] => {
  const off = (says: string): readonly Check[] => [fail(ID, "evidence/report-contradicted", says, FILE)];
  const log = readJson(files.get(FILE), sarifSchema);
  const run = log?.runs[0];
  if (run === undefined || report === undefined) return off("it does not read as SARIF 2.1.0 in our form");
  const { rules, semanticVersion } = run.tool.driver;
  const told = run.results.map(toldBy);
  const named = [...new Set(run.results.map(({ ruleId }) => ruleId))].sort();
  const objections = [
    ...(run.automationDetails.id === `${report.work}/${report.run}` ? [] : off("it is of another run")),
    ...(semanticVersion === report.harness.version ? [] : off("it names another version")),
    ...(canonical(rules.map(({ id }) => id)) === canonical(named) ? [] : off("its rules are not those of its results")),
    ...(run.results.every(({ ruleId, ruleIndex }) => rules[ruleIndex]?.id === ruleId)
      ? []
      : off("a result points at another rule")),
    ...(sameOnes(told, expectedOf(report, run.results)) ? [] : off("its results are not those of the report")),
  ];
  return passUnless(ID, objections, `${run.results.length} results, as the report has them`);
};

type Result = z.infer<typeof resultSchema>;

/** A result as one text: what it is about, how bad, in which words, where. */
const toldBy = ({ ruleId, level, message, locations, relatedLocations, properties }: Result): string =>
  canonical([
    ruleId,
    level,
    message.text,
    locations?.map(({ physicalLocation: { artifactLocation } }) => artifactLocation.uri) ?? null,
    relatedLocations?.map(({ physicalLocation: { region } }) => region?.startLine ?? null) ?? null,
    properties?.event ?? null,
  ]);

const expectedOf = (report: Report, results: readonly Result[]): readonly string[] => {
  const text = (rule: string, level: string, says: string, event: number | null = null): string =>
    canonical([rule, level, says, null, null, event]);
  const rows = report.changes.flatMap(({ path, verdict, packetLine }) => {
    const rule = ROW_RULES[verdict] ?? ROW_RULES["anomalous"] ?? "";
    if (verdict === "allowed" || verdict === "scratch") return [];
    // The sentence of a row is the writer's; that it names the path is all that can be asked of it here.
    const uri = path.toWellFormed().split("/").map(encodeURIComponent).join("/");
    const found = results.find(
      (result) => result.ruleId === rule && result.locations?.[0]?.physicalLocation.artifactLocation.uri === uri,
    );
    const says = found?.message.text ?? "";
    return says.includes(path)
      ? [{ says, told: canonical([rule, "error", says, [uri], packetLine === null ? null : [packetLine], null]) }]
      : [{ says, told: `no result for ${path}` }];
  });
  const spoken = new Set(rows.map(({ says }) => says));
  return [
    ...rows.map(({ told }) => told),
    ...report.ending.refusals
      .filter(({ says }) => !spoken.has(says))
      .map(({ code, says }) => text(code, "error", says)),
    ...report.actions
      .filter(({ verdict }) => verdict === "violated")
      .map(({ action, says }) => text(`violated/${action}`, "error", says)),
    ...report.findings.map(({ code, says }) => text(code, "warning", says)),
    ...report.attempts.map(({ class: kind, action, rule, detail, event }) => {
      const isContained = kind === "contained";
      const says = `${isContained ? "Contained" : "Denied"}: ${detail} (${rule})`;
      return text(`denied/${action}`, isContained ? "warning" : "note", says, event);
    }),
  ];
};

const ROW_RULES: Readonly<Record<string, string>> = {
  forbidden: "policy/forbidden-path",
  unlisted: "policy/unlisted-path",
  anomalous: "policy/anomalous-path",
};

const sameOnes = (a: readonly string[], b: readonly string[]): boolean =>
  canonical(a.toSorted()) === canonical(b.toSorted());

const text = z.strictObject({ text: z.string().min(1) });
const location = z.strictObject({
  physicalLocation: z.strictObject({
    artifactLocation: z.strictObject({ uri: z.string(), uriBaseId: z.enum(["TARGET", "BUNDLE"]) }),
    region: z.strictObject({ startLine: z.int().min(1) }).exactOptional(),
  }),
});
const resultSchema = z.strictObject({
  ruleId: z.string(),
  ruleIndex: z.int().min(0),
  level: z.enum(["error", "warning", "note"]),
  message: text,
  locations: z.array(location).length(1).exactOptional(),
  relatedLocations: z.array(location).length(1).exactOptional(),
  partialFingerprints: z.strictObject({ "cto/v1": z.string().regex(/^[0-9a-f]{64}$/) }),
  properties: z.strictObject({ event: z.int() }).exactOptional(),
});
const ruleSchema = z.strictObject({
  id: z.string(),
  shortDescription: text,
  fullDescription: text,
  help: text.exactOptional(),
});
const base = z.strictObject({ description: text });
const sarifSchema = z.strictObject({
  $schema: z.string().endsWith("/sarif-schema-2.1.0.json"),
  version: z.literal("2.1.0"),
  runs: z
    .array(
      z.strictObject({
        tool: z.strictObject({
          driver: z.strictObject({
            name: z.literal("cto-harness"),
            semanticVersion: z.string(),
            rules: z.array(ruleSchema),
          }),
        }),
        automationDetails: z.strictObject({ id: z.string() }),
        columnKind: z.literal("unicodeCodePoints"),
        originalUriBaseIds: z.strictObject({ TARGET: base, BUNDLE: base }),
        results: z.array(resultSchema),
      }),
    )
    .length(1),
});
