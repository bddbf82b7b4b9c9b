import { z } from "zod";

import { SHOWN_STATES, STATE_WORDS, type ShownState } from "./state-words.ts";

/**
 * The body for an incoming webhook of Slack: one text and nothing that could be pressed but "Open". Nobody is called by
 * what a title says: markup is escaped, and no @ stays that a chat of the same form could read as a name.
 */
export const slackBody = (noticeText: string): string => {
  const { state, reason, run, work, title, words, url, who } = dataOf(noticeText);
  const word = reason === undefined ? shortWord(state) : `${shortWord(state)}: ${reason}`;
  const lines = [
    [`*${plain(word)}*`, run ?? work, plain(title ?? "")].filter((part) => part !== "").join("  "),
    ...(words === undefined ? [] : [words]),
    `${plain(who)}  <${url}|Open>`,
  ];
  return JSON.stringify({
    text: lines.join("\n"),
    parse: "none",
    link_names: false,
    unfurl_links: false,
    unfurl_media: false,
  });
};

/** The word of a state without what only its page can fill in. */
const shortWord = (state: ShownState): string =>
  STATE_WORDS[state].word.replace(/[:,;].*$/, "").replace(/(?: (?:at|by))? \{\w+\}$/, "");

const plain = (text: string): string =>
  text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll("@", "＠")
    .replaceAll(/[*_~`]/g, (mark) => MARKS[mark] ?? "");

// What would format the rest of the line, by its twin that does nothing.
const MARKS: Readonly<Record<string, string>> = { "*": "∗", _: "＿", "~": "∼", "`": "'" };

const dataOf = (text: string): z.infer<typeof Notice>["data"] => Notice.parse(JSON.parse(text)).data;

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
