import type { Framework } from "../control.ts";

export const NIST: Framework = {
  id: "nist",
  title: "NIST SP 800-53 and AI RMF, audit, change control, least privilege, integrity",
  controls: [
    {
      id: "AU-2, AU-3, AU-12",
      asks: "the events that matter are recorded, with what, when, where, who and outcome",
      scope: "every-run",
      fields: ["events chained", "trace", "gate answers"],
      atMost: "partial",
      because: "which events matter is the operator's to decide",
    },
    {
      id: "AU-9, AU-10",
      asks: "records are protected and acts cannot be denied afterwards",
      scope: "every-run",
      fields: ["events signed", "run statement", "redactions"],
      atMost: "partial",
      because: "a key on the same host is no witness from outside",
    },
    {
      id: "CM-3, CM-5",
      asks: "changes are controlled, and only the authorised make them",
      scope: "commits",
      fields: ["contract", "approval bound", "assurance A2", "tests passed", "one commit", "scope held"],
      atMost: "partial",
      because: "changes that do not go through this program are not seen",
    },
    {
      id: "AC-6",
      asks: "privileges are the least that the work needs",
      scope: "permitted-runs",
      fields: ["confined", "canaries held", "no credentials", "environment listed"],
      atMost: "partial",
      because: "privileges of the host and of the home are the operator's to show",
    },
    {
      id: "SI-7",
      asks: "unauthorised changes of software and records are detected",
      scope: "commits",
      fields: ["patch recomputed", "commit recomputed", "control plane unmoved", "events signed"],
      atMost: "partial",
      because: "only the target of the run is looked at",
    },
    {
      id: "AI RMF",
      asks: "risks are mapped, measured and managed, with roles that are known",
      scope: "permitted-runs",
      fields: ["admission", "findings told", "claims apart"],
      atMost: "partial",
      because: "a risk process is more than the records of one tool",
    },
  ],
};
