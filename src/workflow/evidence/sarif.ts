import { digestOf } from "../digest.ts";
import { findingMeaning } from "../finding.ts";
import { violationWords } from "../policy/violation.ts";
import { isRefusalCode, meaningOf } from "../refusal.ts";
import { jsonFile } from "./json-file.ts";
import type { Report } from "./schemas/report.ts";

/** The pinned form: SARIF 2.1.0 with errata 01 (OASIS). */
const SARIF = {
  schema: "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
  version: "2.1.0",
  tool: "cto-harness",
  fingerprint: "cto/v1",
} as const;

/** findings.sarif.json: every refusal, finding and denied attempt of a run for tools that read SARIF, from the report alone. */
export const sarifText = (report: Report): string => {
  const found = foundIn(report);
  const rules = [...new Set(found.map(({ rule }) => rule))].sort();
  return jsonFile({
    $schema: SARIF.schema,
    version: SARIF.version,
    runs: [
      {
        tool: {
          driver: { name: SARIF.tool, semanticVersion: report.harness.version, rules: rules.map(ruleDescriptor) },
        },
        automationDetails: { id: `${report.work}/${report.run}` },
        columnKind: "unicodeCodePoints",
        originalUriBaseIds: {
          TARGET: { description: { text: "The Target Repository, at the base of the run." } },
          BUNDLE: { description: { text: "The folder that holds this file." } },
        },
        results: found.map((one) => resultOf(one, rules.indexOf(one.rule))),
      },
    ],
  });
};

type Level = "error" | "warning" | "note";

interface Found {
  readonly rule: string;
  readonly level: Level;
  readonly says: string;
  /** Of the target. */
  readonly path?: string;
  readonly packetLine?: number;
  /** Sequence of the event that tells of it. */
  readonly event?: number;
}

const foundIn = (report: Report): readonly Found[] => {
  const rows = report.changes.flatMap(violationIn);
  const told = new Set(rows.map(({ says }) => says));
  return [
    ...rows,
    ...report.ending.refusals
      .filter(({ says }) => !told.has(says))
      .map(({ code, says }): Found => ({ rule: code, level: "error", says })),
    ...report.actions
      .filter(({ verdict }) => verdict === "violated")
      .map(({ action, says }): Found => ({ rule: `violated/${action}`, level: "error", says })),
    ...report.findings.map(({ code, says }): Found => ({ rule: code, level: "warning", says })),
    ...report.attempts.map(({ class: kind, action, rule, detail, event }): Found => {
      const level = kind === "contained" ? "warning" : "note";
      const says = `${kind === "contained" ? "Contained" : "Denied"}: ${detail} (${rule})`;
      return { rule: `denied/${action}`, level, says, ...(event === null ? {} : { event }) };
    }),
  ];
};

const violationIn = (row: Report["changes"][number]): readonly Found[] => {
  const words = violationWords(row);
  if (words === "none") return [];
  const { path, packetLine } = row;
  return [{ rule: words.code, level: "error", says: words.says, path, ...(packetLine === null ? {} : { packetLine }) }];
};

const resultOf = ({ rule, level, says, path, packetLine, event }: Found, ruleIndex: number): object => ({
  ruleId: rule,
  ruleIndex,
  level,
  message: { text: says },
  ...(path === undefined ? {} : { locations: [at("TARGET", path)] }),
  ...(packetLine === undefined ? {} : { relatedLocations: [at("BUNDLE", "approval/packet.md", packetLine)] }),
  partialFingerprints: { [SARIF.fingerprint]: digestOf(JSON.stringify([rule, path ?? null, says])) },
  ...(event === undefined ? {} : { properties: { event } }),
});

const at = (base: "TARGET" | "BUNDLE", path: string, line?: number): object => ({
  physicalLocation: {
    artifactLocation: { uri: path.toWellFormed().split("/").map(encodeURIComponent).join("/"), uriBaseId: base },
    ...(line === undefined ? {} : { region: { startLine: line } }),
  },
});

const ruleDescriptor = (rule: string): object => {
  const { says, why, next } = meaningOfRule(rule);
  return {
    id: rule,
    shortDescription: { text: says },
    fullDescription: { text: why },
    ...(next === undefined ? {} : { help: { text: next } }),
  };
};

/** The sentence of a code, its facts still open, and why the rule exists. */
const meaningOfRule = (rule: string): { readonly says: string; readonly why: string; readonly next?: string } => {
  if (isRefusalCode(rule)) return meaningOf(rule);
  const [kind, action] = rule.split("/");
  if (kind === "denied")
    return {
      says: `The agent tried ${action} and was refused.`,
      why: "A denied attempt never disappears: it voids nothing by itself, and accepting names it.",
    };
  if (kind === "violated")
    return {
      says: `The forbidden action ${action} had an effect.`,
      why: "An effect of a forbidden action voids the run.",
    };
  return findingMeaning(rule);
};
