import type { Framework } from "../control.ts";

export const SOC2: Framework = {
  id: "soc2-cc8.1",
  title: "SOC 2, change management",
  controls: [
    {
      id: "CC8.1",
      asks: "a change is authorised before work, planned, made by a known implementer, tested, approved, and can be backed out",
      scope: "commits",
      fields: [
        "sentence",
        "approved before work",
        "assurance A2",
        "approved by another",
        "contract",
        "implementer",
        "tree tested",
        "tests passed",
        "outcome decided",
        "rollback rehearsed",
      ],
      atMost: "sufficient",
      because: "for this one change only; a change that its author approved, or below assurance A2, is partial",
    },
    {
      id: "CC6.1",
      asks: "access is limited to what the work needs",
      scope: "permitted-runs",
      fields: ["confined", "canaries held", "no credentials", "environment listed", "no action violated"],
      atMost: "partial",
      because: "access to the host and to the home is the operator's to show",
    },
    {
      id: "CC7.2",
      asks: "anomalies are seen and looked at",
      scope: "every-run",
      fields: ["events chained", "events signed", "findings told", "gate answers"],
      atMost: "partial",
      because: "that somebody reads them is the operator's to show",
    },
  ],
};
