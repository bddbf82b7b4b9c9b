import { asJson } from "../as-json.ts";
import { timeText } from "../instant.ts";
import type { ValidationRun } from "../validation/validation.ts";
import type { RunRecord } from "./run-record.ts";

/**
 * test.log (R093): per execution one line of JSON, then exactly `storedBytes` raw bytes, then a line feed. Lengths come
 * first, so that nothing a test prints can pass for a header. The first section is the run that decided.
 */
export const testLog = ({ validation, probes }: Pick<RunRecord, "validation" | "probes">): Uint8Array | "no-run" => {
  if (validation.length === 0) return "no-run";
  const ordered = [...validation].sort((a, b) => Number(b.on === "candidate") - Number(a.on === "candidate"));
  const sections = [
    ...ordered.map(runSection),
    ...[...probes].map(([criterion, probe]) => probeSection(criterion, probe)),
  ];
  return joined(sections);
};

interface Section {
  readonly head: Readonly<Record<string, unknown>>;
  readonly output: Uint8Array;
}

const runSection = (run: ValidationRun): Section => ({
  head: {
    schema: "cto/test-log/v1",
    on: run.on,
    tree: run.tree,
    argv: run.argv,
    folder: "/workspace",
    program: run.program.path,
    programSha256: run.program.digest,
    startedAt: run.startedAt,
    endedAt: timeText(Date.parse(run.startedAt) + run.durationMs),
    durationMs: run.durationMs,
    exitCode: run.exitCode,
    signal: run.signal,
    limit: run.limit ?? null,
    counts: run.counts ?? null,
    manifestBefore: run.manifestBefore,
    manifestAfter: run.manifestAfter,
    outputBytes: run.outputBytes,
    outputSha256: run.outputDigest,
    storedBytes: run.output.length,
  },
  output: run.output,
});

const probeSection = (
  criterion: string,
  probe: RunRecord["probes"] extends ReadonlyMap<string, infer P> ? P : never,
): Section => {
  const output = new TextEncoder().encode(probe.output);
  const head = {
    schema: "cto/test-log/v1",
    on: "probe",
    criterion,
    argv: probe.argv,
    exitCode: probe.onCandidate,
    onBase: probe.onBase,
    baseExpected: probe.baseExpected,
    storedBytes: output.length,
  };
  return { head, output };
};

const joined = (sections: readonly Section[]): Uint8Array => {
  const parts = sections.flatMap(({ head, output }) => [
    new TextEncoder().encode(`${JSON.stringify(asJson(head))}\n`),
    output,
    new Uint8Array([0x0a]),
  ]);
  const whole = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
};
