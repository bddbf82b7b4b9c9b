import { readPackets } from "../../harness/home/documents.ts";
import { markReviewed } from "../../harness/packet/mark-reviewed.ts";
import { fours } from "../../workflow/digest-words.ts";
import { parseDigest } from "../../workflow/digest.ts";
import { refusal } from "../../workflow/refusal.ts";
import { visible } from "../../workflow/visible-text.ts";
import type { Answer } from "../answer.ts";
import type { Act } from "../command.ts";
import { EXIT } from "../exit-code.ts";
import { pickPacket } from "../pick-packet.ts";
import { usageError } from "../usage-error.ts";
import { withWorld } from "../with-world.ts";

/** `cto packet reviewed ID --sha256 D`: these very bytes were read by whoever says so. It approves nothing. */
export const act: Act<{ readonly sha256: string }, [string]> = (context, flags, given) =>
  withWorld(context, flags, "write", async (world) => {
    const digest = parseDigest(flags.sha256);
    if (digest === undefined)
      return usageError("--sha256 takes the 64 digits of the packet that was read", "cto packet show ID --json");
    const found = pickPacket(await readPackets(world), given);
    if ("noun" in found) return found;
    if (!found.read.ok) return refused(found.read.refusals);
    const work = found.read.value.packet.work.value;
    const marked = await markReviewed(world, work, digest);
    if (!marked.ok) return refused(marked.refusals);
    if ("moved" in marked.value)
      return refused([refusal("surface/digest-moved", { what: "the packet", now: marked.value.moved, given: digest })]);
    const { by, at, seq } = marked.value;
    return {
      noun: "packet-reviewed",
      exit: EXIT.done,
      data: { work, packetSha256: digest, by, at, seq },
      text: `marked    ${work} was read by ${visible(by)} as packet ${fours(digest)} · ledger ${seq}\nnext      cto packet diff ${work} --against reviewed tells what changes from now on`,
    };
  });

const refused = (refusals: NonNullable<Answer["refusals"]>): Answer => ({
  noun: "packet-reviewed",
  exit: EXIT.refused,
  data: {},
  text: "",
  refusals,
  spared: "Nothing was marked.",
});
