import { LIMITS } from "../../workflow/limits.ts";
import { visible } from "../../workflow/visible-text.ts";
import type { Redactor } from "./redactor.ts";
import { shownText } from "./shown-exchange.ts";

/** Tools of others that a model was offered beside the Harness's own: each name once, and so many at most. */
export interface ForeignTools {
  /** Those of them that are new, as they may be shown. */
  met(names: readonly string[]): readonly string[];
  readonly all: readonly string[];
}

export const openForeignTools = (redactor: Pick<Redactor, "text" | "openText">): ForeignTools => {
  const all: string[] = [];
  const shown = (name: string): string => visible(shownText(redactor, name, EVENTS, LIMITS.relayFieldCharactersMax));
  return {
    all,
    met: (names) => {
      // What is beyond the bound is not even looked at: it costs nothing to name a new tool in each request.
      const room = LIMITS.foreignToolsMax - all.length;
      if (room === 0) return [];
      const more = [...new Set(names.map(shown))].filter((name) => !all.includes(name)).slice(0, room);
      all.push(...more);
      return more;
    },
  };
};

const EVENTS = "events.normalized.jsonl";
