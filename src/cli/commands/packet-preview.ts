import { stat } from "node:fs/promises";
import path from "node:path";

import { readView, viewAlone } from "../../harness/approval/read-view.ts";
import { drawnFrom, readPackets } from "../../harness/home/documents.ts";
import type { PacketView } from "../../harness/objects/view.ts";
import { drawContract } from "../../workflow/contract/draw-contract.ts";
import { digestOf } from "../../workflow/digest.ts";
import { LIMITS } from "../../workflow/limits.ts";
import { readPacket } from "../../workflow/packet/read-packet.ts";
import { refusal, type Refusal } from "../../workflow/refusal.ts";
import { visible } from "../../workflow/visible-text.ts";
import type { Answer } from "../answer.ts";
import type { Act } from "../command.ts";
import type { CliContext } from "../context.ts";
import { EXIT } from "../exit-code.ts";
import { isBytes, readGiven } from "../given-file.ts";
import { pickPacket } from "../pick-packet.ts";
import { previewPage } from "../preview-page.ts";
import { showRefusals } from "../show.ts";
import { withWorld } from "../with-world.ts";

/** `cto packet preview ID|FILE`: what the owner would be shown, byte for byte where it can be approved now. */
export const act: Act<{ readonly open: boolean }, [string]> = async (context, flags, given) => {
  const tell = (seen: Seen): Answer | Promise<Answer> => (flags.open ? shown(context, seen, given) : previewed(seen));
  const isFile = await stat(path.resolve(context.cwd, given)).then(
    (found) => found.isFile(),
    () => false,
  );
  if (isFile) {
    const seen = await ofFile(context.cwd, given);
    return "noun" in seen ? seen : tell(seen);
  }
  return withWorld(context, flags, "read", async (world) => {
    const found = pickPacket(await readPackets(world), given);
    if ("noun" in found) return found;
    const drawn = await drawnFrom(world, found.read);
    return drawn.ok ? tell(await readView(world, drawn.value)) : refused(drawn.refusals);
  });
};

/** What the owner would be shown, and what stands against approving it now. */
interface Seen {
  readonly view: PacketView;
  readonly hindrances: readonly Refusal[] | "no home";
}

const ofFile = async (cwd: string, given: string): Promise<Seen | Answer> => {
  const bytes = await readGiven(cwd, given, LIMITS.packetBytesMax);
  if (!isBytes(bytes)) return bytes;
  const read = readPacket({ path: given, bytes, digest: digestOf(bytes) }, new Date().toISOString().slice(0, 10));
  if (!read.ok) return refused(read.refusals);
  const { packet } = read.value;
  const contract = drawContract(packet);
  if (!contract.ok) return refused(contract.refusals);
  return { view: viewAlone({ packet, contract: contract.value }), hindrances: "no home" };
};

const previewed = (seen: Seen): Answer => ({
  noun: "preview",
  exit: EXIT.done,
  data: { view: seen.view },
  text: seen.view.text,
  // Not a byte more, so that its digest is the one that the approval binds.
  raw: new TextEncoder().encode(seen.view.text),
  ...storyOf(seen),
});

const shown = async ({ openMachine }: CliContext, seen: Seen, given: string): Promise<Answer> => {
  const { page, problem } = await (await openMachine()).showPage(previewPage(seen.view));
  const told = { noun: "preview", data: { view: seen.view, page }, ...storyOf(seen) };
  if (problem === undefined)
    return { ...told, exit: EXIT.done, text: `opened    ${visible(page)}   it stays there until it is removed` };
  const refusals = [refusal("contract/no-browser", { problem, page, packet: given })];
  return { ...told, exit: EXIT.refused, text: "", refusals, spared: "No browser shows it." };
};

const storyOf = ({ hindrances }: Seen): Pick<Answer, "story"> => {
  if (hindrances === "no home") return { story: "note      a file by itself: nothing was asked of a home or a target" };
  if (hindrances.length === 0) return {};
  return { story: `note      it cannot be approved yet:\n${showRefusals(hindrances, undefined)}` };
};

const refused = (refusals: readonly Refusal[]): Answer => ({
  noun: "preview",
  exit: EXIT.refused,
  data: {},
  text: "",
  refusals,
  spared: "No contract was drawn.",
});
