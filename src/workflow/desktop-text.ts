import { noticeWords } from "./notice-words.ts";
import { cannotWait } from "./notice.ts";

/** What notify-send is given: a summary, and a body in which nothing is markup, an escape or a button. */
export interface DesktopText {
  readonly summary: string;
  readonly body: string;
  readonly urgency: "normal" | "critical";
}

export const desktopText = (noticeText: string): DesktopText => {
  const { state, word, subject, title, words, who, url } = noticeWords(noticeText);
  return {
    summary: `${word}  ${subject}`,
    body: [title, words, who, url]
      .filter((line) => line !== "")
      .map(plain)
      .join("\n"),
    urgency: cannotWait(state) ? "critical" : "normal",
  };
};

// notify-send reads backslashes as C does, and most desktops read a body as markup.
const plain = (text: string): string =>
  text.replaceAll("\\", "\\\\").replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
