import { z } from "zod";

import { jsonFile } from "./json-file.ts";
import type { ReplayPath } from "./replay.ts";
import type { Report } from "./schemas/report.ts";

/** control-surface.json: what the Hermes Control Surface shows of a run, from report.json alone (R111). */
interface ControlSurface {
  readonly schema: "cto/control-surface/v1";
  readonly run: string;
  readonly work: string;
  readonly state: Report["verdict"];
  readonly says: string;
  readonly commit: Report["commit"];
  readonly gate: Report["gate"];
  readonly criteria: readonly { readonly id: string; readonly status: string }[];
  readonly actions: readonly { readonly action: string; readonly verdict: string }[];
  readonly deniedAttempts: number;
  readonly defaultActivation: Report["defaultActivation"];
  readonly replay: readonly ReplayPath[];
  readonly report: { readonly file: "report.json"; readonly sha256: string };
}

export const renderControlSurface = (report: Report, reportSha256: string): string => {
  const surface: ControlSurface = {
    schema: "cto/control-surface/v1",
    run: report.run,
    work: report.work,
    state: report.verdict,
    says: report.says,
    commit: report.commit,
    gate: report.gate,
    criteria: report.criteria.map(({ id, status }) => ({ id, status })),
    actions: report.actions.map(({ action, verdict }) => ({ action, verdict })),
    deniedAttempts: report.attempts.length,
    defaultActivation: report.defaultActivation,
    replay: report.replay,
    report: { file: "report.json", sha256: reportSha256 },
  };
  return jsonFile(surface);
};

const schema = z.object({
  schema: z.literal("cto/control-surface/v1"),
  replay: z.array(
    z.object({
      level: z.string(),
      argv: z.array(z.string()).min(1),
      inputs: z.array(z.object({ file: z.string(), sha256: z.string() })),
      expected: z.record(z.string(), z.json()),
    }),
  ),
});

/** The replay paths as a Control Surface reads them back from the bytes; undefined for bytes that are no summary (R124). */
export const readReplayPaths = (
  bytes: Uint8Array | string,
): readonly (Pick<ReplayPath, "argv" | "inputs" | "expected"> & { readonly level: string })[] | undefined => {
  try {
    const text = typeof bytes === "string" ? bytes : new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return schema.parse(JSON.parse(text)).replay;
  } catch {
    return undefined;
  }
};
