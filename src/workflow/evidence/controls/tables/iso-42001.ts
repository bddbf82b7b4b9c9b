import type { Framework } from "../control.ts";

export const ISO_42001: Framework = {
  id: "iso-42001",
  title: "ISO/IEC 42001, operation, monitoring and correction",
  controls: [
    {
      id: "A.6, 8",
      asks: "use is admitted, planned and operated under control",
      scope: "permitted-runs",
      fields: ["admission", "contract", "gate answers", "approval bound"],
      atMost: "partial",
      because: "a management system is more than the records of one tool",
    },
    {
      id: "9.1",
      asks: "operation is monitored and measured",
      scope: "every-run",
      fields: ["gate answers", "events chained", "findings told"],
      atMost: "partial",
      because: "what is done with the measurements is the operator's to show",
    },
    {
      id: "10.2",
      asks: "what did not conform is decided on and corrected",
      scope: "commits",
      fields: ["outcome decided", "rollback rehearsed"],
      atMost: "partial",
      because: "causes and lasting corrections are the operator's to show",
    },
  ],
};
