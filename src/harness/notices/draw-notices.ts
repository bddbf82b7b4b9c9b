import type { KeptNotice } from "../../seams/store.ts";
import { readApprovalRecord } from "../../workflow/approval/read-approval-record.ts";
import { digestWords } from "../../workflow/digest-words.ts";
import type { Digest } from "../../workflow/digest.ts";
import type { WorkId } from "../../workflow/ids.ts";
import { noticeText, noticeTitle, noticeUrl } from "../../workflow/notice-event.ts";
import type { NoticedEvent } from "../../workflow/notice.ts";
import type { ShownState } from "../../workflow/state-words.ts";
import { wordsBehind } from "../approval/approval-words.ts";
import { openWorkGround, type WorkGround } from "../home/work-ground.ts";
import { nextOf } from "../reading/next-of-run.ts";
import { personOf } from "../reading/read-status.ts";
import { ACTS, blockedBy, type Shown } from "../reading/read-work-state.ts";
import { packetFor } from "../reading/read-works.ts";
import type { World } from "../world.ts";

/** The texts of notices, as the home is now: drawn once, and then kept for ever. */
export const drawNotices = async (
  world: World,
  notices: readonly KeptNotice[],
): Promise<ReadonlyMap<Digest, string>> => {
  const texts = new Map(notices.flatMap(({ id, text }) => (text === null ? [] : [[id, text] as const])));
  if (texts.size === notices.length) return texts;
  const ground = await openWorkGround(world);
  for (const notice of notices) if (!texts.has(notice.id)) texts.set(notice.id, await textOf(ground, notice));
  return texts;
};

const textOf = async (ground: WorkGround, notice: KeptNotice): Promise<string> => {
  const { work, run, state, reason } = notice;
  const packet = packetFor(ground.readings, work);
  const title = ground.titles.get(work) ?? packet?.title.value;
  const packetSha256 = (await approvedPacket(ground, notice)) ?? packet?.source.digest;
  const { who, next } = await actOn(ground.world, notice);
  return noticeText(ground.world.homeId, notice, {
    work,
    ...(run === null ? {} : { run }),
    state,
    ...(reason === null ? {} : { reason }),
    ...(title === undefined ? {} : { title: noticeTitle(title) }),
    ...(packetSha256 === undefined ? {} : { packetSha256, words: digestWords(packetSha256) }),
    who: personOf(who, packet?.frontmatter.owner.value ?? null),
    next,
    url: noticeUrl(notice),
  });
};

/** The packet that an event rests on is the approved one, whatever became of its file since. */
const approvedPacket = async (
  { world }: WorkGround,
  { work, state, at }: NoticedEvent,
): Promise<Digest | undefined> => {
  if (BEFORE_APPROVAL.has(state)) return undefined;
  const leaves = await world.store.records({ work });
  const leaf = leaves.findLast((each) => each.type === "approval.recorded" && each.at <= at);
  const said = (await wordsBehind(world, leaves, leaf ?? "absent")).at(-1);
  const read = said === undefined ? undefined : readApprovalRecord(said.record);
  return read?.ok === true ? read.value.subjects.packet : undefined;
};

const BEFORE_APPROVAL: ReadonlySet<ShownState> = new Set(["candidate", "blocked", "superseded", "retired"]);

/** Who acts, by which command: as every other surface says it, and without the facts that only this machine knows. */
const actOn = async (
  world: World,
  { work, run, state, reason }: NoticedEvent,
): Promise<Pick<Shown, "who" | "next">> => {
  const row = run === null ? "absent" : await world.store.run(run);
  if (state === "blocked") return blockedBy(work, reason ?? "");
  if (state === "tampered") return { who: "auditor", next: run === null ? "cto audit verify" : `cto verify ${run}` };
  if (row !== "absent") return { who: ACTS[state] ?? "owner", next: nextOf(state, row, reason) };
  return ofWork(state, work);
};

const ofWork = (state: ShownState, work: WorkId): Pick<Shown, "who" | "next"> => {
  if (state === "candidate") return { who: "author", next: "cto packet lint" };
  if (state === "approved") return { who: "operator", next: `cto run ${work}` };
  if (state === "superseded" || state === "retired") return { who: "nobody", next: "" };
  return { who: "owner", next: `cto approve ${work} --key KEY` };
};
