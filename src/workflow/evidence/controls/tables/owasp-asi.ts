import type { Control, Framework } from "../control.ts";

const SCOPE_HOLDS: Pick<Control, "scope" | "fields" | "atMost" | "because"> = {
  scope: "permitted-runs",
  fields: ["contract", "approval bound", "canaries held", "no action violated"],
  atMost: "partial",
  because: "what an agent is told is contained, not prevented",
};

const BOUNDED_TOOLS: typeof SCOPE_HOLDS = {
  scope: "permitted-runs",
  fields: ["no action violated", "no credentials", "environment listed", "relay log"],
  atMost: "partial",
  because: "what a tool does inside its bounds is not judged",
};

const KNOWN_PARTS: typeof SCOPE_HOLDS = {
  scope: "permitted-runs",
  fields: ["implementer", "tools digested", "target looked over", "environment listed"],
  atMost: "partial",
  because: "digests name the parts; where they come from is not proven",
};

const LIMITS_HOLD: typeof SCOPE_HOLDS = {
  scope: "permitted-runs",
  fields: ["limits listed", "target locked", "processes dead"],
  atMost: "partial",
  because: "agents inside one backend are not seen one by one",
};

const INFORMED: typeof SCOPE_HOLDS = {
  scope: "permitted-runs",
  fields: ["shown bytes", "claims apart", "processes dead", "no action violated"],
  atMost: "partial",
  because: "nothing shows that a person understood what was shown",
};

export const OWASP_ASI: Framework = {
  id: "owasp-asi",
  title: "OWASP, agentic security initiative",
  controls: [
    { id: "ASI01", asks: "the goal holds whatever the agent is told", ...SCOPE_HOLDS },
    { id: "ASI02", asks: "tools are used within bounds", ...BOUNDED_TOOLS },
    { id: "ASI03", asks: "privileges are not abused", ...BOUNDED_TOOLS },
    { id: "ASI04", asks: "components are known", ...KNOWN_PARTS },
    { id: "ASI05", asks: "code runs only where it may", ...SCOPE_HOLDS },
    { id: "ASI06", asks: "memory and context are not poisoned", ...KNOWN_PARTS },
    {
      id: "ASI07",
      asks: "messages between agents are bounded",
      ...LIMITS_HOLD,
      atMost: "insufficient",
    },
    { id: "ASI08", asks: "failures do not cascade", ...LIMITS_HOLD },
    { id: "ASI09", asks: "people are informed and not misled", ...INFORMED },
    { id: "ASI10", asks: "rogue acts are seen and ended", ...INFORMED },
  ],
};
