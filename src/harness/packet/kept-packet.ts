import { parseDigest } from "../../workflow/digest.ts";
import type { WorkId } from "../../workflow/ids.ts";
import type { SourceDocument } from "../../workflow/packet/packet.ts";
import { detailText } from "../reading/detail-text.ts";
import type { World } from "../world.ts";

/** Bytes of this work item's packet that were approved or marked, by the beginning of their digest. */
export const keptPacket = async (world: World, work: WorkId, begun: string): Promise<SourceDocument | "absent"> => {
  const leaves = await world.store.records({ work });
  const told = leaves.flatMap((leaf) => {
    const digest = parseDigest(leaf.digests?.["packet"] ?? "");
    return digest?.startsWith(begun) === true ? [{ digest, path: detailText(leaf, "path") ?? "" }] : [];
  });
  const [first] = told;
  if (first === undefined || told.some(({ digest }) => digest !== first.digest)) return "absent";
  const bytes = await world.store.document(first.digest);
  return bytes === "absent" ? "absent" : { path: first.path, bytes, digest: first.digest };
};
