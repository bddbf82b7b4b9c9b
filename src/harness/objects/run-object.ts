import type { Report } from "../../workflow/evidence/schemas/report.ts";
import type { RunDetail } from "../reading/read-run.ts";
import type { TitledRun } from "../reading/read-runs.ts";
import type { RunObject, RunReport, RunRow } from "./run.ts";

/** The Run object of every surface (surface.md 4.5). */
export const runObject = (detail: RunDetail): RunObject => {
  const {
    run,
    work,
    title,
    owner,
    state,
    reason,
    word,
    base,
    commit,
    startedAt,
    tookMs,
    stages,
    canaries,
    order,
    next,
    seq,
    report,
    outcome,
    rollback,
    bundle,
    verify,
  } = detail;
  const said = report === "not-sealed" ? {} : saidByReport(report);
  return {
    run,
    work,
    ...(title === null ? {} : { title }),
    ...(owner === null ? {} : { owner }),
    state,
    ...(reason === null ? {} : { reason }),
    word,
    ...(base === null ? {} : { base }),
    ...(commit === null ? {} : { commit }),
    startedAt,
    ...(tookMs === null ? {} : { tookMs }),
    stages,
    canaries,
    ...said,
    ...(bundle === null ? {} : { bundle }),
    ...(outcome === "none" ? {} : { outcome }),
    ...(rollback === "none" ? {} : { rollback }),
    ...(verify === "not-sealed" ? {} : { verify }),
    ...(order === null ? {} : { order }),
    next,
    seq,
  };
};

const saidByReport = (report: Report): RunReport => ({
  says: report.says,
  ...(report.task === null ? {} : { target: report.task.target }),
  backend: report.backend === null ? null : { name: report.backend.kind, version: report.backend.version },
  ...(report.model === undefined ? {} : { model: report.model }),
  criteria: report.criteria,
  attempts: report.attempts.map(({ action, rule, detail, event }) => ({
    action,
    rule,
    detail,
    verdict: "denied",
    events: event === null ? [] : [event],
  })),
  findings: report.findings,
  forbiddenActions: report.actions.map(({ action, verdict, attempts }) => ({ action, verdict, events: attempts })),
  claims: report.told.said,
  replayPaths: report.replay,
  approval: report.approval,
  runtimeDefaultActivation: report.defaultActivation,
  refusals: report.ending.refusals,
});

/** One run as a row of a list. */
export const runRowObject = (view: TitledRun): RunRow => {
  const { run, work, title, kind, state, reason, word, commit, by, startedAt, tookMs, order, next, seq } = view;
  return {
    run,
    work,
    ...(title === null ? {} : { title }),
    kind,
    by,
    state,
    ...(reason === null ? {} : { reason }),
    word,
    ...(commit === null ? {} : { commit }),
    startedAt,
    ...(tookMs === null ? {} : { tookMs }),
    ...(order === null ? {} : { order }),
    next,
    seq,
  };
};
