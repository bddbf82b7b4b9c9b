import type { Answer } from "./answer.ts";
import { isRecord } from "./shown.ts";

/** A packet without the sentence that approves it: only where its owner reads it, as `path:line` (surface.md 5.1). */
export const packetShown = (
  work: string,
  packet: Readonly<Record<string, unknown>>,
  source: Uint8Array | undefined,
): Answer => {
  const { sentence, contract } = packet;
  if (!isRecord(contract))
    return { told: packet, says: `The packet of ${work} says no contract.`, next: "cto packet lint" };
  const sentenceAt = `${String(packet["packet"])}:${lineOf(sentence, source)}`;
  const paths = Array.isArray(contract["allowedPaths"]) ? contract["allowedPaths"].map(String) : [];
  const says = [
    `${work}: ${String(packet["state"])}`,
    `may change: ${paths.join(", ")}`,
    `the sentence that approves it stands at ${sentenceAt}, for its owner alone`,
  ].join("\n");
  return { told: { ...packet, sentenceAt }, says, next: `cto packet preview ${work}` };
};

const lineOf = (sentence: unknown, source: Uint8Array | undefined): string => {
  const lines = new TextDecoder().decode(source).split("\n");
  const at = typeof sentence === "string" ? lines.findIndex((line) => line.includes(sentence)) : -1;
  return at === -1 ? "unknown" : String(at + 1);
};
