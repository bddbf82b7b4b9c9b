import type { Sent } from "../../seams/notices.ts";
import type { KeptNotice, LentDelivery, NewDelivery, Settled } from "../../seams/store.ts";
import { timeText } from "../../workflow/instant.ts";
import { LIMITS } from "../../workflow/limits.ts";
import { nextAttemptMs, quietUntilMs } from "../../workflow/notice-schedule.ts";
import { cannotWait } from "../../workflow/notice.ts";
import {
  channelId,
  NOTIFY_PATH,
  readNotifyPolicy,
  type Channel,
  type NotifyPolicy,
} from "../../workflow/notify-policy.ts";
import { wordsOf, type Refusal } from "../../workflow/refusal.ts";
import { ok, type Result } from "../../workflow/result.ts";
import { STATE_WORDS, type ShownState } from "../../workflow/state-words.ts";
import type { World } from "../world.ts";
import { drawNotices } from "./draw-notices.ts";

/** What notify.yaml says; without one nobody is told but the file. */
export const notifyPolicyOf = async ({ home }: Pick<World, "home">): Promise<Result<NotifyPolicy, Refusal>> => {
  const source = await home.read(NOTIFY_PATH);
  return source === "absent" ? ok({ channels: [], mute: [] }) : readNotifyPolicy(source);
};

/** The channel that every notice goes to. */
export const FILE_CHANNEL = "file";

/** What came of one round of telling. */
export interface Round {
  /** What went wrong, a line each. */
  readonly problems: readonly string[];
  /** Whether more is due now. */
  readonly isMoreDue: boolean;
}

/**
 * One round: draws what nobody was told of, writes the file, and, where it reaches everybody, makes every attempt that is
 * due. A process that dies in it loses nothing: what was not settled is due again (surface.md 6).
 */
export const deliverNotices = async (
  world: World,
  reach: "file" | "everybody",
  signal: AbortSignal,
): Promise<Round> => {
  if (!(await world.store.isNoticeDue(world.clock.wallMs()))) return { problems: [], isMoreDue: false };
  const policy = await notifyPolicyOf(world);
  await sendOut(world, policy);
  const unread = policy.ok ? [] : [`${wordsOf(policy.refusals[0]).says} Nobody is told until it can.`];
  const file = await writeFile(world);
  if (!policy.ok || reach === "file") return { problems: [...unread, ...file], isMoreDue: false };
  const { problems, isMoreDue } = await postDue(world, policy.value, signal);
  return { problems: [...file, ...problems], isMoreDue };
};

/** Draws every notice that goes nowhere yet, and says where it goes. Unread, notify.yaml keeps all but the file waiting. */
const sendOut = async (world: World, policy: Result<NotifyPolicy, Refusal>): Promise<void> => {
  const { store, clock } = world;
  for (let after = 0; ;) {
    const unsent = await store.transact(({ outbox }) => outbox.unsent(after, LIMITS.noticesPageMax));
    const last = unsent.at(-1);
    if (last === undefined) return;
    const texts = await drawNotices(world, unsent);
    const nowMs = clock.wallMs();
    await store.transact(async ({ outbox }) => {
      for (const notice of unsent) {
        await outbox.draw(notice.id, texts.get(notice.id) ?? "");
        const outward = policy.ok ? outwardDeliveries(notice, policy.value, nowMs) : [];
        const all = [{ channel: FILE_CHANNEL, state: "waiting", dueMs: nowMs } as const, ...outward];
        await outbox.send(notice.id, all, policy.ok ? "complete" : "open");
      }
    });
    after = last.no;
  }
};

const outwardDeliveries = (notice: KeptNotice, policy: NotifyPolicy, nowMs: number): readonly NewDelivery[] => {
  const isUrgent = cannotWait(notice.state);
  const isMuted = policy.mute.includes(notice.work) && !isUrgent;
  const dueMs = isUrgent ? nowMs : quietUntilMs(policy.quietHours, nowMs);
  return policy.channels
    .filter((channel) => wants(channel, notice.state))
    .map((channel) => ({ channel: channelId(channel), state: isMuted ? "muted" : "waiting", dueMs }));
};

const wants = ({ events }: Channel, state: ShownState): boolean =>
  events === undefined || events.includes(STATE_WORDS[state].event);

/** Inside a transaction: of all processes of this home one writes the file at a time. */
const writeFile = async ({ store, clock, notices }: World): Promise<readonly string[]> => {
  for (;;) {
    const done = await store.transact(async ({ outbox }) => {
      const nowMs = clock.wallMs();
      const waiting = await outbox.waitingOn(FILE_CHANNEL, nowMs, LIMITS.noticesPageMax);
      if (waiting.length === 0) return [];
      const sent = await notices.write(waiting.map(({ text }) => text));
      for (const lent of waiting) await outbox.settle(lent, fileSettled(sent, lent.attempt, nowMs));
      return sent.kind === "sent" ? "more" : [sent.problem];
    });
    if (done !== "more") return done;
  }
};

/** The file is this home's own: it is tried again until it can be written. */
const fileSettled = (sent: Sent, attempt: number, nowMs: number): Settled => {
  if (sent.kind === "sent") return { state: "delivered" };
  const [soon, later] = LIMITS.noticeRetryAfterMs;
  return { state: "waiting", dueMs: nowMs + (attempt === 1 ? soon : later), problem: sent.problem };
};

const postDue = async (world: World, policy: NotifyPolicy, signal: AbortSignal): Promise<Round> => {
  const { store, clock } = world;
  const channels = new Map(policy.channels.map((channel) => [channelId(channel), channel]));
  const nowMs = clock.wallMs();
  const lent = await store.transact(({ outbox }) =>
    outbox.lend(nowMs, nowMs + LIMITS.noticeLoanMs, FILE_CHANNEL, LIMITS.noticesAtOnce),
  );
  const settled = await Promise.all(
    lent.map(async (each) => ({ each, as: await attempt(world, channels.get(each.channel), each, signal) })),
  );
  if (settled.length > 0)
    await store.transact(async ({ outbox }) => {
      for (const { each, as } of settled) await outbox.settle(each, as);
    });
  return {
    problems: settled.flatMap(({ each, as }) => problemLine(each, as)),
    isMoreDue: lent.length === LIMITS.noticesAtOnce,
  };
};

const attempt = async (
  { notices, clock }: World,
  channel: Channel | undefined,
  { id, text, attempt: number }: LentDelivery,
  signal: AbortSignal,
): Promise<Settled> => {
  if (channel === undefined) return { state: "dead", problem: "notify.yaml names it no longer" };
  const atSeconds = Math.floor(clock.wallMs() / 1000);
  const sent = await notices.post({ channel, id, atSeconds, body: text }, signal);
  switch (sent.kind) {
    case "sent":
      return { state: "delivered" };
    case "gone":
      return { state: "dead", problem: sent.problem };
    case "failed": {
      const dueMs = nextAttemptMs(number, clock.wallMs());
      return dueMs === "never"
        ? { state: "dead", problem: sent.problem }
        : { state: "waiting", dueMs, problem: sent.problem };
    }
  }
};

const problemLine = ({ channel, id }: LentDelivery, as: Settled): readonly string[] => {
  if (as.state === "delivered") return [];
  const then = as.state === "dead" ? "a dead letter now" : `tried again at ${timeText(as.dueMs)}`;
  return [`${channel}: ${as.problem}; notice ${id.slice(0, 12)} is ${then}`];
};
