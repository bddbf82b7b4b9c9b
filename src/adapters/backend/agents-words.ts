import type { FrameSink } from "../../seams/backend.ts";
import { LIMITS } from "../../workflow/limits.ts";
import { visible } from "../../workflow/visible-text.ts";

/** What an agent said, for a sentence of ours: without its secrets, cut, and what hides or steers written out. */
export const agentsWords = (frames: FrameSink, said: string): string => {
  // Redacted before it is cut; of what is read in part, whatever could go on to be a secret stays with the other part.
  const redacted =
    said.length <= READ_MAX
      ? frames.text(said)
      : frames.open().push(said.slice(0, READ_MAX).replace(HALF_CHARACTER, ""));
  return shownWords(redacted);
};

/** The same of what was redacted already: to do it twice would take a mark of ours for one of theirs. */
export const shownWords = (redacted: string): string =>
  visible(redacted.slice(0, LIMITS.agentsWordsCharactersMax).replace(HALF_MARK, "").toWellFormed());

const READ_MAX = 65_536;
const HALF_CHARACTER = /[\uD800-\uDBFF]$/;
const HALF_MARK = /\[redacted:[^\]]*$/;
