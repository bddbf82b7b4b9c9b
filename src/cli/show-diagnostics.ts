import type { Linted } from "../harness/packet/lint-packets.ts";
import type { Diagnostic } from "../workflow/packet/lint-packet.ts";
import { visible } from "../workflow/visible-text.ts";
import { unsteering } from "./json-line.ts";
import { sarifText } from "./show-sarif.ts";
import { versionOfBuild } from "./version.ts";

interface Counts {
  readonly errors: number;
  readonly warnings: number;
}

export const countOf = (all: readonly Linted[]): Counts => {
  const of = (severity: Diagnostic["severity"]): number =>
    all.reduce((sum, { diagnostics }) => sum + diagnostics.filter((each) => each.severity === severity).length, 0);
  return { errors: of("error"), warnings: of("warning") };
};

export interface LintData {
  readonly diagnostics: readonly object[];
  readonly counts: Counts;
}

/** What lint prints, in one of its formats. */
export const lintText = async (
  format: string,
  linted: readonly Linted[],
  data: LintData,
  what: "packet" | "document" = "packet",
): Promise<string> => {
  const { errors, warnings } = data.counts;
  if (format === "json")
    return unsteering(JSON.stringify({ schema: "cto.lint.v1", ok: errors === 0, refusals: [], ...data }));
  if (format === "sarif") return sarifText(linted, await versionOfBuild());
  if (format === "github") return githubLines(linted);
  if (linted.length === 0)
    return `No ${what}s in .sot/03-PROTOCOLS${what === "packet" ? ". cto packet new writes one." : ""}`;
  const many = (count: number, what: string): string => `${count} ${what}${count === 1 ? "" : "s"}`;
  const end = `${many(errors, "error")}, ${many(warnings, "warning")} in ${many(linted.length, what)}`;
  return [frames(linted), end].filter((part) => part !== "").join("\n");
};

/** Findings under the lines they are about, as a compiler shows them. */
const frames = (all: readonly Linted[]): string =>
  all.flatMap(({ source, diagnostics }) => diagnostics.map((each) => frame(each, linesOf(source.bytes)))).join("\n");

const frame = ({ at, severity, code, says, next }: Diagnostic, lines: readonly string[]): string => {
  const number = String(at.line).padStart(5);
  const text = lines[at.line - 1] ?? "";
  const before = Array.from(text)
    .slice(0, at.column - 1)
    .map((character) => visible(character))
    .join("");
  const under = " ".repeat(Array.from(before).length);
  return [
    `${visible(at.file)}:${at.line}:${at.column}  ${severity.padEnd(7)}  ${code}`,
    `${number} | ${cut(visible(text))}`,
    `${" ".repeat(number.length)} | ${under.length < WIDTH ? `${under}^ ` : ""}${visible(says)}`,
    `   next: ${visible(next)}`,
  ].join("\n");
};

const WIDTH = 160;

const cut = (line: string): string => (line.length <= WIDTH ? line : `${line.slice(0, WIDTH - 1)}…`);

/** Workflow commands, as GitHub reads them. */
const githubLines = (all: readonly Linted[]): string =>
  all
    .flatMap(({ diagnostics }) => diagnostics)
    .map(({ at, severity, code, says, next }) => {
      const place = `file=${property(at.file)},line=${at.line},col=${at.column},title=${property(code)}`;
      return `::${severity === "error" ? "error" : "warning"} ${place}::${data(`${says} ${next}`)}`;
    })
    .join("\n");

const data = (text: string): string => visible(text).replaceAll("%", "%25");

const property = (text: string): string => data(text).replaceAll(":", "%3A").replaceAll(",", "%2C");

const linesOf = (bytes: Uint8Array): readonly string[] => new TextDecoder().decode(bytes).split(/\r?\n/);
