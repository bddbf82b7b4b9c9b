import { stat } from "node:fs/promises";
import path from "node:path";

import { drawnFrom, readPackets, type Drawn } from "../../harness/documents.ts";
import type { PacketView } from "../../harness/objects/view.ts";
import { readView, viewAlone } from "../../harness/read-view.ts";
import type { World } from "../../harness/world.ts";
import { drawContract } from "../../workflow/contract/draw-contract.ts";
import { digestOf } from "../../workflow/digest.ts";
import { LIMITS } from "../../workflow/limits.ts";
import { readPacket } from "../../workflow/packet/read-packet.ts";
import type { Refusal } from "../../workflow/refusal.ts";
import type { Answer } from "../answer.ts";
import type { Act } from "../command.ts";
import { EXIT } from "../exit-code.ts";
import { isBytes, readGiven } from "../given-file.ts";
import { pickPacket } from "../pick-packet.ts";
import { showRefusals } from "../show.ts";
import { withWorld } from "../with-world.ts";

/** `cto packet preview ID|FILE`: what the owner would be shown, byte for byte where it can be approved now. */
export const act: Act<object, [string]> = async (context, flags, given) => {
  const isFile = await stat(path.resolve(context.cwd, given)).then(
    (found) => found.isFile(),
    () => false,
  );
  if (isFile) return ofFile(context.cwd, given);
  return withWorld(context, flags, "read", async (world) => {
    const found = pickPacket(await readPackets(world), given);
    if ("noun" in found) return found;
    const drawn = await drawnFrom(world, found.read);
    return drawn.ok ? ofHome(world, drawn.value) : refused(drawn.refusals);
  });
};

const ofHome = async (world: World, drawn: Drawn): Promise<Answer> => {
  const { view, hindrances } = await readView(world, drawn);
  return previewed(view, hindrances);
};

const ofFile = async (cwd: string, given: string): Promise<Answer> => {
  const bytes = await readGiven(cwd, given, LIMITS.packetBytesMax);
  if (!isBytes(bytes)) return bytes;
  const read = readPacket({ path: given, bytes, digest: digestOf(bytes) }, new Date().toISOString().slice(0, 10));
  if (!read.ok) return refused(read.refusals);
  const { packet } = read.value;
  const contract = drawContract(packet);
  if (!contract.ok) return refused(contract.refusals);
  return previewed(viewAlone({ packet, contract: contract.value }), "no home");
};

const previewed = (view: PacketView, hindrances: readonly Refusal[] | "no home"): Answer => ({
  noun: "preview",
  exit: EXIT.done,
  data: { view },
  text: view.text,
  // Not a byte more, so that its digest is the one that the approval binds.
  raw: new TextEncoder().encode(view.text),
  ...(hindrances.length === 0
    ? {}
    : {
        story:
          hindrances === "no home"
            ? "note      a file by itself: nothing was asked of a home or a target"
            : `note      it cannot be approved yet:\n${showRefusals(hindrances, undefined)}`,
      }),
});

const refused = (refusals: readonly Refusal[]): Answer => ({
  noun: "preview",
  exit: EXIT.refused,
  data: {},
  text: "",
  refusals,
  spared: "No contract was drawn.",
});
