import type { Digest } from "../../workflow/digest.ts";
import type { WorkId } from "../../workflow/ids.ts";
import type { Refusal } from "../../workflow/refusal.ts";
import { ok, type Result } from "../../workflow/result.ts";
import { packetOf } from "../home/documents.ts";
import type { World } from "../world.ts";
import { listWork } from "./list-work.ts";

/** Who says that he has read a packet, and when; it approves nothing. */
export interface Reviewed {
  readonly by: string;
  readonly at: string;
  readonly seq: number;
}

/** Records that the operator has read these very bytes; "moved" with the digest of now where they are not the packet's. */
export const markReviewed = async (
  world: World,
  work: WorkId,
  packet: Digest,
): Promise<Result<Reviewed | { readonly moved: Digest }, Refusal>> => {
  const read = await packetOf(world, work);
  if (!read.ok) return read;
  const { digest, bytes, path } = read.value.packet.source;
  if (digest !== packet) return ok({ moved: digest });
  await listWork(world, work);
  const { user, channel } = world.operator;
  // The bytes are kept, so that what changes later can be told from them.
  const leaf = await world.store.transact(async (ledger) =>
    ledger.appendLeaf({
      type: "packet.reviewed",
      actor: user,
      channel,
      work,
      digests: { packet: await ledger.keep("packet", bytes) },
      detail: { path },
    }),
  );
  return ok({ by: user, at: leaf.at, seq: leaf.seq });
};
