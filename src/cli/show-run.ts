import type { RunDetail } from "../harness/reading/read-run.ts";
import { modelUseSays } from "../workflow/evidence/schemas/model-use.ts";
import type { Report } from "../workflow/evidence/schemas/report.ts";
import { visible } from "../workflow/visible-text.ts";
import { relative } from "./duration.ts";
import { orderText } from "./show-worker.ts";
import { duration, short, table } from "./show.ts";

/** A run for people: the ending first, then what stands for it, claims last and named as such. */
export const runText = (detail: RunDetail, nowMs: number, isVerbose: boolean): string => {
  const { run, work, word, startedAt, tookMs, report, outcome, rollback, bundle, verify, order, next } = detail;
  const took = tookMs === null ? "" : `, took ${duration(tookMs)}`;
  const head = [
    ["work", work],
    ["started", relative(startedAt, nowMs) + took],
    ...(order === null ? [] : [["order", orderText(order)]]),
    ...(bundle === null
      ? []
      : [["evidence", `${bundle}   ${verify === "not-sealed" ? "" : `verifies now: ${verify.verdict}`}`]]),
    ...(outcome === "none"
      ? []
      : [
          [
            "outcome",
            `${outcome.outcome} by ${visible(outcome.by)} ${relative(outcome.at, nowMs)}${outcome.reason === "" ? "" : `: ${visible(outcome.reason)}`}`,
          ],
        ]),
    ...(rollback === "none"
      ? []
      : [["rollback", `${rollback.state} by ${visible(rollback.by)} ${relative(rollback.at, nowMs)}`]]),
  ];
  const body = report === "not-sealed" ? [] : reportRows(report, isVerbose);
  return `${run}  ${visible(word)}\n${table([...head, ...body, ["next", visible(next)]])}`;
};

const reportRows = (report: Report, isVerbose: boolean): readonly (readonly string[])[] => {
  const { commit, criteria, attempts, findings, changes, validation, approval, backend, told, confinement, ending } =
    report;
  return [
    ...(report.task === null ? [] : [["target", visible(report.task.target)]]),
    ...(commit === null ? [] : [["commit", `${short(commit.base)} -> ${short(commit.id)} on ${visible(commit.ref)}`]]),
    ...(approval === null
      ? []
      : [
          [
            "approval",
            `${approval.approvalId} · ${visible(approval.principal)} · ${approval.assurance} · ${approval.identity}${approval.selfApproved ? " · self-approved" : ""}${approval.quorum === undefined ? "" : ` · ${approval.quorum.signed.length} of ${approval.quorum.required}`}`,
          ],
        ]),
    ...(backend === null
      ? []
      : [
          [
            "backend",
            `${backend.kind} · ${visible(backend.profile)} ${visible(backend.version)} · mediation ${visible(backend.mediation.declared)}, seen ${visible(backend.mediation.seen)} · confinement ${confinement.level}`,
          ],
        ]),
    ...(report.model === undefined ? [] : [["model", visible(modelUseSays(report.model))]]),
    ["confined", confinement.why.map(visible).join(" ")],
    ...ending.refusals.map(({ code, says }) => ["refused", `${code}  ${visible(says)}`]),
    ...(ending.failure === null ? [] : [["failed", `${ending.failure.code}  ${visible(ending.failure.message)}`]]),
    ...changes.map(({ path, change, verdict, rule }) => [
      "change",
      `${change}  ${visible(path)}  ${verdict}${rule === "" ? "" : ` by ${visible(rule)}`}`,
    ]),
    ...validation.map(({ on, exitCode, durationMs, counts }) => [
      "validation",
      `${on}: exit ${exitCode ?? "none"}${counts === null ? "" : `, ${counts.passed} passed, ${counts.failed + counts.errors} failed`}, ${duration(durationMs)}`,
    ]),
    ...criteria.flatMap(({ id, status, text, says }) => [
      ["criterion", `${id}  ${status}  ${visible(text)}`],
      ...(status === "proven" ? [] : [["", visible(says)]]),
    ]),
    ...attempts.map(({ action, rule, detail }) => [
      "denied",
      `${visible(action)}  ${visible(detail)}  (${visible(rule)})`,
    ]),
    ...findings.map(({ code, says }) => ["finding", `${code}  ${visible(says)}`]),
    [
      "default",
      `runtime.defaultActivation ${report.defaultActivation.before} before, ${report.defaultActivation.after} after`,
    ],
    ...(isVerbose ? told.said : told.said.filter(({ type }) => type === "message.recorded").slice(-1)).map(
      ({ text }) => ["agent said", visible(text)],
    ),
  ];
};
