import { noticeWords } from "./notice-words.ts";

/**
 * The body for an incoming webhook of Slack: one text and nothing that could be pressed but "Open". Nobody is called by
 * what a title says: markup is escaped, and no @ stays that a chat of the same form could read as a name.
 */
export const slackBody = (noticeText: string): string => {
  const { word, subject, title, words, who, url } = noticeWords(noticeText);
  const lines = [
    [`*${plain(word)}*`, subject, plain(title)].filter((part) => part !== "").join("  "),
    ...(words === "" ? [] : [words]),
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

const plain = (text: string): string =>
  text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll("@", "＠")
    .replaceAll(/[*_~`]/g, (mark) => MARKS[mark] ?? "");

// What would format the rest of the line, by its twin that does nothing.
const MARKS: Readonly<Record<string, string>> = { "*": "∗", _: "＿", "~": "∼", "`": "'" };
