import type { World } from "../harness/world.ts";
import { digestOf } from "../workflow/digest.ts";
import { parseRunId } from "../workflow/ids.ts";
import { timeText } from "../workflow/instant.ts";
import { LIMITS } from "../workflow/limits.ts";
import type { Packet, SourceDocument } from "../workflow/packet/packet.ts";
import { readPacket } from "../workflow/packet/read-packet.ts";
import { packetPath } from "../workflow/packet/write-packet.ts";
import type { Answer } from "./answer.ts";
import { EXIT } from "./exit-code.ts";
import { isBytes, readGiven } from "./given-file.ts";
import { usageError } from "./usage-error.ts";

/** The packet that a sealed run was approved by, or that a file holds, whatever the file is called. */
export const packetGiven = async (cwd: string, world: World, given: string): Promise<Packet | Answer> => {
  const run = parseRunId(given);
  const bytes =
    run === undefined
      ? await readGiven(cwd, given, LIMITS.packetBytesMax)
      : await world.archive.peek(run, "bundle", "approval/packet.md", LIMITS.packetBytesMax);
  if (bytes === "absent") return usageError(`${given} has no sealed bundle with a packet here`, "cto runs");
  if (!isBytes(bytes)) return bytes;
  const source = givenSource(bytes);
  const read = readPacket(source, timeText(world.clock.now().epochMs).slice(0, 10));
  if (read.ok) return read.value.packet;
  return {
    noun: "packet-new",
    exit: EXIT.refused,
    data: {},
    text: "",
    refusals: read.refusals,
    spared: "Nothing was written.",
  };
};

/** Read as if it stood where a packet of its name stands, whatever the file is called. */
export const givenSource = (bytes: Uint8Array): SourceDocument => {
  const name = /^name: ([a-z0-9-]+)$/m.exec(new TextDecoder().decode(bytes))?.[1] ?? "cto-given-approval-packet";
  return { path: packetPath(name), bytes, digest: digestOf(bytes) };
};
