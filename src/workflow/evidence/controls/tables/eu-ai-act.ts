import type { Framework } from "../control.ts";

export const EU_AI_ACT: Framework = {
  id: "eu-ai-act",
  title: "EU AI Act, logs and human oversight",
  controls: [
    {
      id: "Art. 12",
      asks: "events are logged so that what happened can be reconstructed",
      scope: "high-risk-runs",
      fields: ["events chained", "events signed", "trace", "replay paths"],
      atMost: "partial",
      because: "usually not applicable: ordinary coding work is normally not high-risk",
    },
    {
      id: "Art. 14",
      asks: "a person can understand, intervene, stop, and does not rely too much on it",
      scope: "high-risk-runs",
      fields: ["shown bytes", "sentence", "claims apart", "outcome decided"],
      atMost: "partial",
      because: "usually not applicable; and nothing shows that a person understood",
    },
    {
      id: "Art. 26(6)",
      asks: "logs are kept",
      scope: "high-risk-runs",
      fields: ["events signed", "run statement"],
      atMost: "partial",
      because: "usually not applicable; how long logs are kept is the operator's to show",
    },
  ],
};
