import { z } from "zod";

import { SHOWN_STATES, STATE_WORDS, type ShownState } from "./state-words.ts";

/** What a person reads of a notice, in parts that each channel puts together by its own rules. */
export interface NoticeWords {
  readonly state: ShownState;
  /** The state, and the code that explains it. */
  readonly word: string;
  /** Run or work item. */
  readonly subject: string;
  /** The author's: shown escaped. Empty where none is known. */
  readonly title: string;
  readonly words: string;
  readonly who: string;
  readonly url: string;
}

/** The words of a notice that this program wrote. */
export const noticeWords = (noticeText: string): NoticeWords => {
  const { state, reason, work, run, title = "", words = "", who, url } = Notice.parse(JSON.parse(noticeText)).data;
  const word = reason === undefined ? shortWord(state) : `${shortWord(state)}: ${reason}`;
  return { state, word, subject: run ?? work, title, words, who, url };
};

/** The word of a state without what only its page can fill in. */
const shortWord = (state: ShownState): string =>
  STATE_WORDS[state].word.replace(/[:,;].*$/, "").replace(/(?: (?:at|by))? \{\w+\}$/, "");

const Notice = z.object({
  data: z.object({
    state: z.enum(SHOWN_STATES),
    reason: z.string().exactOptional(),
    work: z.string(),
    run: z.string().exactOptional(),
    title: z.string().exactOptional(),
    words: z.string().exactOptional(),
    who: z.string(),
    url: z.string(),
  }),
});
