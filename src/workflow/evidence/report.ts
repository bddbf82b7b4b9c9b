import { digestOf } from "../digest.ts";
import { noticeLine } from "../packet/fixed-words.ts";
import { wordsOf } from "../refusal.ts";
import { actionRows } from "./actions.ts";
import { BUNDLE_NOT_CLAIMED } from "./bundle-table.ts";
import type { Files } from "./bundle.ts";
import { changedLines } from "./change-lines.ts";
import { toldApart } from "./claims.ts";
import { criteriaOf, type BundlePlan } from "./criteria-of.ts";
import { sayEnding } from "./ending-words.ts";
import { readEventLine } from "./event-line.ts";
import { modelUse } from "./model-use.ts";
import { probesSay } from "./proven-probes.ts";
import { replayPaths } from "./replay.ts";
import type { RunRecord } from "./run-record.ts";
import type { ReportApproval } from "./schemas/report-approval.ts";
import type { Citation, Report, ReportCriterion } from "./schemas/report.ts";
import { seenMediation } from "./seen-mediation.ts";

/** report.json: a pure function of the record and of the files that it cites. */
export const reportOf = (record: RunRecord, files: Files, plan: BundlePlan): Report => {
  const events = record.events.map(readEventLine);
  const { contract, commit, backend, ending } = record;
  const model = modelUse(events);
  const actions = actionRows(record, messageOf(files));
  return {
    schema: "cto/report/v1",
    run: record.run,
    work: record.work,
    kind: record.kind,
    verdict: ending.kind,
    says: sayEnding(record),
    ending: {
      at: ending.at,
      failure: ending.failure === "none" ? null : { code: ending.failure.code, message: ending.failure.message },
      refusals: ending.refusals.map((one) => ({ code: one.code, ...wordsOf(one) })),
    },
    task: contract === "not-drawn" ? null : { ...contract.task, target: contract.targetRepository.path },
    commit: commit === "none" ? null : { id: commit.commit, tree: commit.tree, base: commit.parent, ref: commit.ref },
    attempts: record.attempts.map(({ class: kind, action, rule, detail, event }) => ({
      class: kind,
      action,
      rule,
      detail,
      event: event === "unknown" ? null : event,
    })),
    criteria: criteriaOf(record, plan).map(({ id, text, check, status, says, cites }): ReportCriterion => ({
      id,
      text,
      check,
      status,
      says,
      cites: cites.map((file) => cite(files, file)),
    })),
    actions,
    changes: record.changes.map(({ path, change, verdict, rule, packetLine, size }) => ({
      path,
      change,
      verdict,
      rule,
      packetLine,
      size,
    })),
    lines: changedLines(record, files.get("patch.diff") ?? new Uint8Array(), events),
    validation: record.validation.map(({ on, tree, argv, exitCode, durationMs, counts }) => ({
      on,
      tree,
      argv,
      exitCode,
      durationMs,
      counts: counts ?? null,
    })),
    findings: record.findings.map(({ code, says }) => ({ code, says })),
    approval: approvalOf(record),
    gate: record.gate.map(({ check, result, says, code }) => ({
      check,
      result,
      says,
      code: code === "none" ? null : code,
    })),
    digests: digestsOf(record),
    confinement: { level: record.confinement, why: whyConfined(record) },
    backend:
      backend === "not-started"
        ? null
        : {
            kind: contract === "not-drawn" ? "unknown" : contract.executionGate.backend,
            profile: backend.probe.profile,
            version: backend.probe.version,
            mediation: {
              declared: backend.probe.declared,
              seen: seenMediation(events),
              requests: backend.attempt === "no-answer" ? 0 : backend.attempt.requests,
              refused: backend.attempt === "no-answer" ? 0 : backend.attempt.refused,
              unasked: backend.attempt === "no-answer" ? 0 : backend.attempt.unasked,
            },
            stop: backend.attempt === "no-answer" ? "no-answer" : backend.attempt.stop,
            said: backend.attempt === "no-answer" ? "" : backend.attempt.said,
          },
    ...(model === undefined ? {} : { model }),
    defaultActivation: record.defaultActivation,
    told: toldApart(events),
    replay: replayPaths(record, files),
    harness: { version: record.harness.version, buildSha256: record.harness.build },
    controlSurface: "control-surface.json",
    files: [...files.keys()].sort().map((file) => ({ file, sha256: digestOf(files.get(file) ?? "") })),
    notice: noticeOf(record),
    notClaimed: [...BUNDLE_NOT_CLAIMED, ...notPrevented(actions), "model answers reproducible"],
  };
};

const notPrevented = (actions: Report["actions"]): readonly string[] => {
  const open = actions.filter(({ verdict }) => verdict === "not observed").map(({ action }) => action);
  return open.length === 0 ? [] : [`prevention, by trying, of ${open.join(", ")}`];
};

/** R007: the notice of the packet; where no contract was drawn, the one that the first packet carries. */
const noticeOf = ({ contract }: RunRecord): string =>
  contract === "not-drawn" ? noticeLine("case", "jp") : noticeLine(contract.executionGate.backend, contract.owner);

/** The line that a reader is led to: in the log its last one, in texts the first. */
const cite = (files: Files, file: string): Citation => {
  const bytes = files.get(file);
  if (bytes === undefined) return { file, line: null, sha256: null };
  const line = LINED.has(file) ? 1 : file === "events.normalized.jsonl" ? linesOf(bytes) : null;
  return { file, line, sha256: digestOf(bytes) };
};

const LINED: ReadonlySet<string> = new Set(["patch.diff", "test.log"]);

const linesOf = (bytes: Uint8Array): number => bytes.reduce((lines, byte) => lines + Number(byte === 0x0a), 0);

/** The message of the commit; empty where there is none. */
const messageOf = (files: Files): string => {
  const raw = files.get("repo/commit.raw");
  if (raw === undefined) return "";
  const text = new TextDecoder().decode(raw);
  return text.slice(text.indexOf("\n\n") + 2);
};

const approvalOf = ({ approval }: RunRecord): ReportApproval | null => {
  if (approval === "none") return null;
  const { record, assurance, voices } = approval;
  return {
    approvalId: record.approvalId,
    principal: record.approver.principal,
    assurance,
    identity: assurance === "A2" || assurance === "A3" ? "verified" : "attested",
    keyFingerprint: record.approver.keyFingerprint,
    sentence: record.sentence,
    selfApproved: voices.some((voice) => voice.record.quorum.selfApproved),
    ...(record.quorum.required === 1
      ? {}
      : {
          quorum: {
            required: record.quorum.required,
            signed: voices.map((voice) => ({
              principal: voice.record.approver.principal,
              assurance: voice.assurance,
              keyFingerprint: voice.record.approver.keyFingerprint,
            })),
          },
        }),
  };
};

const digestsOf = ({ inputs, approval }: RunRecord): Report["digests"] => ({
  ...Object.fromEntries(
    Object.entries(inputs).map(([name, { atGate }]) => [
      name,
      atGate === "none" || atGate === "unknown" ? null : atGate,
    ]),
  ),
  approval: approval === "none" ? null : approval.digest,
});

const whyConfined = ({ sandboxes, canaries, confinement, events }: RunRecord): readonly string[] =>
  sandboxes.length === 0
    ? ["No sandbox was opened in this run."]
    : [
        `${sandboxes.length} sandboxes, each opened at level ${confinement}.`,
        probesSay({ canaries, sandboxes }),
        ...hostsSay(events, sandboxes),
      ];

/** What was open beside the model, and how often it was asked. */
const hostsSay = (events: RunRecord["events"], sandboxes: RunRecord["sandboxes"]): readonly string[] => {
  const hosts = sandboxes.flatMap(({ hosts: open = [] }) => open);
  if (hosts.length === 0) return [];
  const asked = events.filter((line) => line.includes(ASKED)).length;
  return [
    `By contract the agent could reach ${hosts.join(", ")} through the relay, and asked ${asked} times; what passes through TLS is unseen.`,
  ];
};

const ASKED = '"type":"cto.host.asked.v1"';
