import { readPackets } from "../../harness/home/documents.ts";
import type { PacketChange, PacketChanges } from "../../harness/objects/packet-changes.ts";
import { keptPacket } from "../../harness/packet/kept-packet.ts";
import { readPacketChanges, type Against } from "../../harness/packet/read-packet-changes.ts";
import type { World } from "../../harness/world.ts";
import { fours } from "../../workflow/digest-words.ts";
import { parseRunId, type WorkId, workId } from "../../workflow/ids.ts";
import { LIMITS } from "../../workflow/limits.ts";
import { readPacket } from "../../workflow/packet/read-packet.ts";
import { visible } from "../../workflow/visible-text.ts";
import type { Answer } from "../answer.ts";
import type { Act } from "../command.ts";
import { EXIT } from "../exit-code.ts";
import { isBytes, readGiven } from "../given-file.ts";
import { givenSource } from "../given-packet.ts";
import { pickRun, pickWork } from "../pick-id.ts";
import { pickPacket } from "../pick-packet.ts";
import { isAnswer } from "../pick.ts";
import { table } from "../show.ts";
import { usageError } from "../usage-error.ts";
import { withWorld } from "../with-world.ts";

const CLASSES = ["widens", "narrows", "wording"] as const;

interface Flags {
  readonly against?: string;
  readonly failOn?: (typeof CLASSES)[number];
}

/** `cto packet diff ID`: what the packet of now allows and demands otherwise than one of before, the gravest first. */
export const act: Act<Flags, [string]> = (context, flags, given) =>
  withWorld(context, flags, "read", async (world) => {
    const found = pickPacket(await readPackets(world), given);
    if ("noun" in found) return found;
    const { read } = found;
    if (!read.ok) return refused(read.refusals);
    const { work } = read.value.packet;
    const against = await resolve(context.cwd, world, work.value, flags.against ?? "approved");
    if (typeof against !== "string" && "noun" in against) return against;
    return answer(await readPacketChanges(world, work.value, against), flags.failOn);
  });

const resolve = async (cwd: string, world: World, work: WorkId, given: string): Promise<Against | Answer> => {
  if (given === "approved" || given === "reviewed") return given;
  if (parseRunId(given) !== undefined) return pickRun(world, given);
  if (workId(given) !== undefined) {
    const other = await pickWork(world, given);
    return isAnswer(other) ? other : { work: other };
  }
  if (/^[0-9a-f]{8,64}$/.test(given)) {
    const kept = await keptPacket(world, work, given);
    if (kept !== "absent") return { source: kept };
    return usageError(`no packet of ${work} with the digest ${given} was approved or marked`, `cto work show ${work}`);
  }
  const bytes = await readGiven(cwd, given, LIMITS.packetBytesMax);
  if (!isBytes(bytes)) return bytes;
  const source = givenSource(bytes);
  const read = readPacket(source, new Date().toISOString().slice(0, 10));
  return read.ok ? { source } : refused(read.refusals);
};

const refused = (refusals: NonNullable<Answer["refusals"]>): Answer => ({
  noun: "packet-diff",
  exit: EXIT.refused,
  data: {},
  text: "",
  refusals,
  spared: "Nothing was compared.",
});

const answer = (told: PacketChanges, failOn: Flags["failOn"]): Answer => {
  const fails = failOn !== undefined && isGraver(classOf(told), failOn);
  const exit = fails ? EXIT.refused : EXIT.done;
  return { noun: "packet-diff", exit, data: told, text: textOf(told) };
};

// Where there is nothing to compare with, nothing shows that the packet gives no more leave.
const classOf = (told: PacketChanges): (typeof CLASSES)[number] | "same" =>
  told.kind === "compared" ? told.class : "widens";

const isGraver = (found: (typeof CLASSES)[number] | "same", limit: (typeof CLASSES)[number]): boolean =>
  found !== "same" && CLASSES.indexOf(found) <= CLASSES.indexOf(limit);

const textOf = (told: PacketChanges): string => {
  if (told.kind === "never-approved" || told.kind === "never-reviewed")
    return `${told.work} was ${told.kind.replace("-", " ")}, so there is nothing to compare with: all of it is new.`;
  if (told.kind === "no-contract")
    return `The packet of ${told.work} says no contract now: ${told.refusals.map(({ code }) => code).join(", ")}`;
  const head = `${told.work} against ${nameOf(told.from)}${told.compared === "scope" ? ", as far as its record tells" : ""}`;
  const rows = CLASSES.flatMap((kind) => told.changes.filter((change) => change.class === kind)).flatMap(rowsOf);
  return [head, ...(rows.length === 0 ? [] : [table(rows)]), TOGETHER[told.class]].join("\n");
};

const nameOf = (from: Extract<PacketChanges, { kind: "compared" }>["from"]): string => {
  const packet = from.packet === undefined ? "" : `packet ${fours(from.packet)}`;
  return [from.approval, from.run, from.work, packet].filter((part) => part !== undefined && part !== "").join(", ");
};

const TOGETHER: Readonly<Record<Extract<PacketChanges, { kind: "compared" }>["class"], string>> = {
  widens: "Together it gives more leave.",
  narrows: "Together it gives less leave.",
  wording: "Wording only, contract digest equal. An approval of it is stale all the same: its bytes are others.",
  same: "The same packet.",
};

const rowsOf = ({ field, class: kind, before, after, line }: PacketChange): readonly (readonly string[])[] =>
  [...(before === null ? [] : [["-", before] as const]), ...(after === null ? [] : [["+", after] as const])].map(
    ([sign, value]) => [
      kind,
      field,
      sign === "+" && line !== null ? `line ${line}` : "",
      `${sign} ${visible(typeof value === "string" ? value : JSON.stringify(value))}`,
    ],
  );
