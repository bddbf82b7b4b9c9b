import { asJson } from "./as-json.ts";
import { canonicalJson, type Digest } from "./digest.ts";
import type { RunId, WorkId } from "./ids.ts";
import { LIMITS } from "./limits.ts";
import { noticeType, type NoticedEvent } from "./notice.ts";
import type { ShownState } from "./state-words.ts";
import { visible } from "./visible-text.ts";

/**
 * What a notice says: who must act, on what, by which command. No diff, log, sentence or path outside the home (surface.md
 * 6); `title` is the author's and shown escaped, `reason` is a code.
 */
export interface NoticeData {
  readonly work: WorkId;
  readonly run?: RunId;
  readonly state: ShownState;
  readonly reason?: string;
  readonly title?: string;
  /** The four words of the packet's digest. */
  readonly words?: string;
  readonly packetSha256?: Digest;
  readonly who: string;
  readonly next: string;
  readonly url: string;
}

/** A CloudEvents 1.0 event as one line of canonical JSON. */
export const noticeText = (homeId: string, { id, at, state, work, run }: NoticedEvent, data: NoticeData): string =>
  canonicalJson(
    asJson({
      specversion: "1.0",
      id,
      source: `urn:cto-harness:home:${homeId}`,
      type: noticeType(state),
      subject: run ?? work,
      time: at,
      datacontenttype: "application/json",
      data,
    }),
  );

/** Where the event is shown: the page of its run or work item under the one name of the Control Surface. */
export const noticeUrl = ({ work, run }: Pick<NoticedEvent, "work" | "run">): string =>
  run === null ? `http://localhost:4049/w/${work}` : `http://localhost:4049/r/${run}`;

/** A title as a notice may carry it: one line, nothing hidden, not longer than it must be. */
export const noticeTitle = (title: string): string => {
  const characters = Array.from(visible(title.toWellFormed()));
  return characters.length <= LIMITS.noticeTitleCharactersMax
    ? characters.join("")
    : `${characters.slice(0, LIMITS.noticeTitleCharactersMax - 1).join("")}…`;
};
