import type { NoContract, PacketObject } from "../harness/objects/packet.ts";
import type { Answer } from "./answer.ts";

/** A packet without the sentence that approves it: only where its owner reads it, as `path:line` (surface.md 5.1). */
export const packetShown = (
  work: string,
  packet: PacketObject | NoContract,
  source: Uint8Array | undefined,
): Answer => {
  if (!("contract" in packet))
    return { told: packet, says: `The packet of ${work} says no contract.`, next: "cto packet lint" };
  const sentenceAt = `${packet.packet}:${lineOf(packet.sentence, source)}`;
  const says = [
    `${work}: ${packet.state}`,
    `may change: ${packet.contract.allowedPaths.join(", ")}`,
    `the sentence that approves it stands at ${sentenceAt}, for its owner alone`,
  ].join("\n");
  return { told: { ...packet, sentenceAt }, says, next: `cto packet preview ${work}` };
};

const lineOf = (sentence: string, source: Uint8Array | undefined): string => {
  const lines = new TextDecoder().decode(source).split("\n");
  const at = lines.findIndex((line) => line.includes(sentence));
  return at === -1 ? "unknown" : String(at + 1);
};
