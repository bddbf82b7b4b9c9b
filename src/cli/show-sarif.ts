import type { Log, ReportingDescriptor, Result } from "sarif";

import { explanationOf } from "../harness/home/explanations.ts";
import { diagnosticObjects } from "../harness/objects/diagnostic-object.ts";
import type { DiagnosticObject } from "../harness/objects/diagnostic.ts";
import type { Linted } from "../harness/packet/lint-packets.ts";
import { unitsBefore } from "../workflow/packet/line.ts";
import { REFUSALS } from "../workflow/refusal.ts";
import { visible } from "../workflow/visible-text.ts";
import { unsteering } from "./json-line.ts";

/** Findings as a SARIF 2.1.0 log: every rule of a packet with its explain text, columns in units of UTF-16. */
export const sarifText = (all: readonly Linted[], version: string): string =>
  unsteering(JSON.stringify(sarifLog(all, version)));

const sarifLog = (all: readonly Linted[], version: string): Log => ({
  $schema: "https://json.schemastore.org/sarif-2.1.0.json",
  version: "2.1.0",
  runs: [
    {
      tool: { driver: { name: "cto packet lint", version, rules: codesOf(all).map(ruleOf) } },
      columnKind: "utf16CodeUnits",
      invocations: [{ executionSuccessful: true }],
      results: all.flatMap((linted) => resultsOf(linted, codesOf(all))),
    },
  ],
});

const CODES = Object.keys(REFUSALS).filter((code) => code.startsWith("packet/"));

// Every rule of a packet, and what else was found in the documents around it.
const codesOf = (all: readonly Linted[]): readonly string[] => [
  ...new Set([...CODES, ...all.flatMap(({ diagnostics }) => diagnostics.map(({ code }) => code))]),
];

const ruleOf = (code: string): ReportingDescriptor => {
  const told = explanationOf(code);
  if (told === undefined) throw new TypeError(`${code} is explained`);
  const { message, why, next } = told;
  return {
    id: code,
    shortDescription: { text: message },
    fullDescription: { text: why },
    help: { text: `${why} Next: ${next.join("; ")}` },
  };
};

const resultsOf = (linted: Linted, codes: readonly string[]): readonly Result[] => {
  const lines = new TextDecoder().decode(linted.source.bytes).split("\n");
  return diagnosticObjects(linted).map((found) => ({
    ruleId: found.code,
    ruleIndex: codes.indexOf(found.code),
    level: found.severity,
    message: { text: plain(visible(`${found.message} Next: ${found.next}`)) },
    locations: [{ physicalLocation: { artifactLocation: { uri: uriOf(found.file) }, region: regionOf(found, lines) } }],
  }));
};

// In SARIF a text holds links and places for arguments (3.11.5, 3.11.6); what a packet says is neither.
const plain = (text: string): string =>
  text.replaceAll(/\[(?=[^\]]*\]\()/g, String.raw`\[`).replaceAll(/\{(\d+)\}/g, "{{$1}}");

const regionOf = ({ line, column, endLine, endColumn }: DiagnosticObject, lines: readonly string[]) => ({
  startLine: line,
  startColumn: unitsBefore(lines[line - 1] ?? "", column) + 1,
  endLine,
  endColumn: unitsBefore(lines[endLine - 1] ?? "", endColumn) + 1,
});

const uriOf = (file: string): string =>
  `${file.startsWith("/") ? "file://" : ""}${file.split("/").map(encodeURIComponent).join("/")}`;
