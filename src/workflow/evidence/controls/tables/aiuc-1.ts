import type { Framework } from "../control.ts";

export const AIUC_1: Framework = {
  id: "aiuc-1",
  title: "AIUC-1, logging",
  controls: [
    {
      id: "logging",
      asks: "tool calls and approvals are logged, linked to what was done, kept and protected",
      scope: "permitted-runs",
      fields: [
        "events chained",
        "events signed",
        "trace",
        "approval bound",
        "single use",
        "run statement",
        "redactions",
      ],
      atMost: "partial",
      because: "how long records are kept is the operator's to show",
    },
  ],
};
