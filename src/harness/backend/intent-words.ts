import type { Intent } from "../../workflow/backend/attempt.ts";

/** What a refused wish of the agent is called in the log, and what it was about. */
export const kindOf = (intent: Intent): string => `workspace/${intent.kind}-refused`;

export const detailOf = (intent: Intent): string => {
  switch (intent.kind) {
    case "read":
    case "write":
    case "delete":
      return intent.path;
    case "move":
      return `${intent.from} -> ${intent.to}`;
    case "run":
      return intent.line;
    case "fetch":
      return intent.url;
    case "other":
      return intent.title;
  }
};
