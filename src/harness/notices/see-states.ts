import { ledgerOrigin } from "../../workflow/checkpoint.ts";
import { digestOf, parseDigest, type Digest } from "../../workflow/digest.ts";
import { timeText } from "../../workflow/instant.ts";
import { seenId, type NoticedEvent } from "../../workflow/notice.ts";
import { openWorkGround, type WorkGround } from "../home/work-ground.ts";
import { packetFor, viewOfWork, knownWorks, type WorkView } from "../reading/read-works.ts";
import type { World } from "../world.ts";

/**
 * Looks at every work item and puts a notice in the outbox for each state that nobody records: blocked, stale, expired,
 * tampered. Once for each work item, state and what it is about; answers how many were new.
 */
export const seeStates = async (world: World): Promise<number> => {
  const ground = await openWorkGround(world);
  const seen: NoticedEvent[] = [];
  for (const work of knownWorks(ground)) {
    const notice = await noticeOf(ground, await viewOfWork(ground, work));
    if (notice !== undefined) seen.push(notice);
  }
  if (seen.length === 0) return 0;
  return world.store.transact(async ({ outbox }) => {
    let posted = 0;
    for (const notice of seen) posted += (await outbox.post(notice)) ? 1 : 0;
    return posted;
  });
};

const noticeOf = async (ground: WorkGround, view: WorkView): Promise<NoticedEvent | undefined> => {
  const { work, state, reason, lastRun } = view;
  const about = await aboutOf(ground, view);
  if (about === undefined) return undefined;
  const { homeId, clock } = ground.world;
  return {
    id: seenId(ledgerOrigin(homeId), work, state, about),
    at: timeText(clock.wallMs()),
    work,
    run: state === "tampered" ? lastRun : null,
    state,
    reason,
  };
};

/** What a computed state is about, by its digest; undefined for a state that the ledger records itself. */
const aboutOf = async (
  { world, readings }: WorkGround,
  { work, state, reason, lastRun }: WorkView,
): Promise<Digest | undefined> => {
  if (state === "blocked")
    return digestOf(`${reason ?? ""}\n${packetFor(readings, work)?.source.digest ?? "no packet"}`);
  if (state === "stale" || state === "expired")
    return (await world.store.records({ work, types: ["approval.recorded"], newest: 1 }))[0]?.sha256;
  if (state !== "tampered" || lastRun === null) return undefined;
  const [seal] = (await world.store.seals(lastRun)).slice(-1);
  return parseDigest(seal?.sums ?? "");
};
