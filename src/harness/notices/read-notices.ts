import type { KeptNotice } from "../../seams/store.ts";
import { timeText } from "../../workflow/instant.ts";
import { LIMITS } from "../../workflow/limits.ts";
import { noticeType } from "../../workflow/notice.ts";
import { channelId, type Channel } from "../../workflow/notify-policy.ts";
import { wordsOf } from "../../workflow/refusal.ts";
import type { NoticesObject } from "../objects/notices.ts";
import type { World } from "../world.ts";
import { FILE_CHANNEL, notifyPolicyOf } from "./deliver-notices.ts";

/** The newest notices with their deliveries, the channels with what is wrong with them, and who waited how long. */
export const readNotices = async (world: World, limit: number): Promise<NoticesObject> => {
  const kept = await world.store.notices(Math.max(limit, LIMITS.noticeAnswersPageMax));
  return {
    channels: await channelsOf(world),
    counts: await world.store.deliveries(),
    notices: kept.slice(0, limit).map(noticeObject),
    answers: answersIn(kept.slice(0, LIMITS.noticeAnswersPageMax)),
  };
};

/** The file, and each channel of notify.yaml with what keeps it from being used; nothing is sent for it. */
export const channelsOf = async (world: World): Promise<NoticesObject["channels"]> => {
  const policy = await notifyPolicyOf(world);
  if (!policy.ok) {
    const [first] = policy.refusals;
    const place = first.at === undefined ? "" : `${first.at.file}:${first.at.line}: `;
    return [{ channel: "notify.yaml", problem: `${place}${wordsOf(first).says}` }];
  }
  const outward = await Promise.all(
    policy.value.channels.map(async (channel: Channel) => ({
      channel: channelId(channel),
      problem: await world.notices.problemOf(channel),
    })),
  );
  return [{ channel: FILE_CHANNEL, problem: "none" }, ...outward];
};

const noticeObject = ({
  id,
  at,
  work,
  run,
  state,
  reason,
  deliveries,
}: KeptNotice): NoticesObject["notices"][number] => ({
  id,
  type: noticeType(state),
  at,
  work,
  ...(run === null ? {} : { run }),
  state,
  ...(reason === null ? {} : { reason }),
  deliveries: deliveries.map(({ channel, state: how, attempts, dueMs, problem }) => ({
    channel,
    state: how,
    attempts,
    ...(how === "waiting" ? { dueAt: timeText(dueMs) } : {}),
    ...(problem === "" ? {} : { problem }),
  })),
});

/** From the first time that a work item was blocked to its next approval. */
const answersIn = (newestFirst: readonly KeptNotice[]): NoticesObject["answers"] => {
  const open = new Map<string, string>();
  const answers: NoticesObject["answers"][number][] = [];
  for (const { work, state, at } of newestFirst.toReversed()) {
    const blockedAt = open.get(work);
    if (state === "blocked" && blockedAt === undefined) open.set(work, at);
    if (state !== "approved" || blockedAt === undefined) continue;
    open.delete(work);
    answers.push({ work, blockedAt, answeredAt: at, tookMs: Date.parse(at) - Date.parse(blockedAt) });
  }
  const waiting = [...open].map(([work, blockedAt]) => ({ work, blockedAt }));
  return [...waiting, ...answers.toReversed()].slice(0, LIMITS.noticeAnswersMax);
};
