import { z } from "zod";

import type { ActionRow } from "../actions.ts";
import type { ChangedLines } from "../change-lines.ts";
import type { ToldApart } from "../claims.ts";
import { ENDINGS, type EndingKind } from "../ending.ts";
import type { ReplayPath } from "../replay.ts";
import { modelUseSchema, type ReportedModelUse } from "./model-use.ts";
import { REPLAY_LEVELS } from "./replay-levels.ts";
import { approvalSchema, type ReportApproval } from "./report-approval.ts";

/** A place in the bundle. The digest is null only for files that are written after the report. */
export interface Citation {
  readonly file: string;
  readonly line: number | null;
  readonly sha256: string | null;
}

export interface ReportCriterion {
  readonly id: string;
  readonly text: string;
  readonly check: string;
  readonly status: "proven" | "not-proven" | "owner-judged";
  readonly says: string;
  readonly cites: readonly Citation[];
}

interface ReportValidation {
  readonly on: string;
  readonly tree: string;
  readonly argv: readonly string[];
  readonly exitCode: number | null;
  readonly durationMs: number;
  readonly counts: {
    readonly passed: number;
    readonly failed: number;
    readonly skipped: number;
    readonly errors: number;
  } | null;
}

/** How much passed through our hands: as the profile declares it, and as this run's own events show it (backends.md 4). */
export interface ReportedMediation {
  readonly declared: string;
  readonly seen: string;
  /** What the agent asked for, what of it was refused, and effects that it asked nobody for. */
  readonly requests: number;
  readonly refused: number;
  readonly unasked: number;
}

/** report.json: everything that report.md and control-surface.json may show, and nothing they could add to. */
export interface Report {
  readonly schema: "cto/report/v1";
  readonly run: string;
  readonly work: string;
  readonly kind: "execute";
  readonly verdict: EndingKind;
  readonly says: string;
  readonly ending: {
    readonly at: string;
    readonly failure: { readonly code: string; readonly message: string } | null;
    readonly refusals: readonly { readonly code: string; readonly says: string; readonly next: string }[];
  };
  readonly task: { readonly label: string; readonly statement: string; readonly target: string } | null;
  readonly commit: { readonly id: string; readonly tree: string; readonly base: string; readonly ref: string } | null;
  readonly attempts: readonly {
    readonly class?: "prevented" | "contained";
    readonly action: string;
    readonly rule: string;
    readonly detail: string;
    readonly event: number | null;
  }[];
  readonly criteria: readonly ReportCriterion[];
  readonly actions: readonly ActionRow[];
  readonly changes: readonly {
    readonly path: string;
    readonly change: string;
    readonly verdict: string;
    readonly rule: string;
    readonly packetLine: number | null;
    readonly size: number;
  }[];
  readonly lines: readonly ChangedLines[];
  readonly validation: readonly ReportValidation[];
  readonly findings: readonly { readonly code: string; readonly says: string }[];
  readonly approval: ReportApproval | null;
  readonly gate: readonly {
    readonly check: string;
    readonly result: string;
    readonly says: string;
    readonly code: string | null;
  }[];
  readonly digests: { readonly [input: string]: string | null };
  readonly confinement: { readonly level: string; readonly why: readonly string[] };
  readonly backend: {
    readonly kind: string;
    readonly profile: string;
    readonly version: string;
    readonly mediation: ReportedMediation;
    readonly stop: string;
    readonly said: string;
  } | null;
  /** Not in a run that asked no model, nor in bundles of before. */
  readonly model?: ReportedModelUse;
  readonly defaultActivation: { readonly before: boolean; readonly after: boolean };
  readonly told: ToldApart;
  readonly replay: readonly ReplayPath[];
  readonly harness: { readonly version: string; readonly buildSha256: string };
  readonly controlSurface: "control-surface.json";
  readonly files: readonly { readonly file: string; readonly sha256: string }[];
  readonly notice: string;
  readonly notClaimed: readonly string[];
}

const text = z.string();
const number = z.int();
const told = z.array(z.strictObject({ event: number, type: text, text }));
const activation = z.strictObject({ before: z.boolean(), after: z.boolean() });
const counts = z.strictObject({ passed: number, failed: number, skipped: number, errors: number });
const range = z.strictObject({ oldStart: number, oldLines: number, newStart: number, newLines: number });

export const reportSchema: z.ZodType<Report> = z.strictObject({
  schema: z.literal("cto/report/v1"),
  run: text,
  work: text,
  kind: z.literal("execute"),
  verdict: z.enum(ENDINGS),
  says: text,
  ending: z.strictObject({
    at: text,
    failure: z.strictObject({ code: text, message: text }).nullable(),
    refusals: z.array(z.strictObject({ code: text, says: text, next: text })),
  }),
  task: z.strictObject({ label: text, statement: text, target: text }).nullable(),
  commit: z.strictObject({ id: text, tree: text, base: text, ref: text }).nullable(),
  attempts: z.array(
    z.strictObject({
      class: z.enum(["prevented", "contained"]).exactOptional(),
      action: text,
      rule: text,
      detail: text,
      event: number.nullable(),
    }),
  ),
  criteria: z.array(
    z.strictObject({
      id: text,
      text,
      check: text,
      status: z.enum(["proven", "not-proven", "owner-judged"]),
      says: text,
      cites: z.array(z.strictObject({ file: text, line: number.nullable(), sha256: text.nullable() })),
    }),
  ),
  actions: z.array(
    z.strictObject({
      action: z.enum([
        "push",
        "merge",
        "deploy",
        "close",
        "pr_open",
        "issue_close",
        "public_publication",
        "credential_change",
        "vendor_source_mutation",
        "cortex_core_mutation",
      ]),
      verdict: z.enum(["not possible", "not observed", "attempted and denied", "violated"]),
      says: text,
      attempts: z.array(number),
    }),
  ),
  changes: z.array(
    z.strictObject({
      path: text,
      change: text,
      verdict: text,
      rule: text,
      packetLine: number.nullable(),
      size: number,
    }),
  ),
  lines: z.array(
    z.strictObject({
      path: text,
      patchLine: number,
      binary: z.boolean(),
      ranges: z.array(range),
      allowedBy: text.nullable(),
      packetLine: number.nullable(),
      criteria: z.array(text),
      events: z.array(number),
    }),
  ),
  validation: z.array(
    z.strictObject({
      on: text,
      tree: text,
      argv: z.array(text),
      exitCode: number.nullable(),
      durationMs: z.number(),
      counts: counts.nullable(),
    }),
  ),
  findings: z.array(z.strictObject({ code: text, says: text })),
  approval: approvalSchema.nullable(),
  gate: z.array(z.strictObject({ check: text, result: text, says: text, code: text.nullable() })),
  digests: z.record(text, text.nullable()),
  confinement: z.strictObject({ level: text, why: z.array(text) }),
  backend: z
    .strictObject({
      kind: text,
      profile: text,
      version: text,
      mediation: z.strictObject({ declared: text, seen: text, requests: number, refused: number, unasked: number }),
      stop: text,
      said: text,
    })
    .nullable(),
  model: modelUseSchema.exactOptional(),
  defaultActivation: activation,
  told: z.strictObject({ said: told, seen: told, saidOmitted: number, seenOmitted: number }),
  replay: z.array(
    z.strictObject({
      level: z.enum(REPLAY_LEVELS),
      argv: z.array(text),
      inputs: z.array(z.strictObject({ file: text, sha256: text })),
      expected: z.record(text, z.json()),
    }),
  ),
  harness: z.strictObject({ version: text, buildSha256: text }),
  controlSurface: z.literal("control-surface.json"),
  files: z.array(z.strictObject({ file: text, sha256: text })),
  notice: text,
  notClaimed: z.array(text),
});
