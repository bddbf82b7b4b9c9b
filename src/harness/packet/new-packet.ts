import { contractDigest } from "../../workflow/contract/contract.ts";
import { drawContract } from "../../workflow/contract/draw-contract.ts";
import { digestOf, type Digest } from "../../workflow/digest.ts";
import { fieldsOf, type Draft } from "../../workflow/packet/draft-packet.ts";
import { lintPacket, type Diagnostic } from "../../workflow/packet/lint-packet.ts";
import type { SourceDocument } from "../../workflow/packet/packet.ts";
import { readPacket } from "../../workflow/packet/read-packet.ts";
import { packetPath, writePacket } from "../../workflow/packet/write-packet.ts";
import { refusal, type Refusal } from "../../workflow/refusal.ts";
import { after, ok, type Result } from "../../workflow/result.ts";
import type { Drawn } from "../home/documents.ts";
import { refuseAll } from "../home/read-facts.ts";
import type { World } from "../world.ts";
import { lintContextOnTargets, lintOfHome } from "./lint-packets.ts";
import { planListOf, writeLists, type ListToWrite } from "./write-work-lists.ts";

/** A packet that lints without an error; it stands nowhere yet. */
export interface NewPacket {
  /** The list that it comes from, where that does not list it yet. */
  readonly list: ListToWrite | "in-step";
  readonly source: SourceDocument;
  readonly drawn: Drawn;
  readonly warnings: readonly Diagnostic[];
  readonly digests: { readonly packet: Digest; readonly contract: Digest };
}

/** Writes the packet in memory, reads it back as everybody will, and answers it only where it says what was meant. */
export const draftNewPacket = async (world: World, draft: Draft): Promise<Result<NewPacket, Refusal>> => {
  const fields = fieldsOf(draft);
  const bytes = new TextEncoder().encode(writePacket(fields));
  const source = { path: packetPath(fields.name), bytes, digest: digestOf(bytes) };
  if ((await world.home.read(source.path)) !== "absent")
    return refuseAll([refusal("work/packet-there", { path: source.path })]);
  const around = await lintContextOnTargets(world, [source]);
  // Its list is written with it.
  const context = { ...around, holds: (path: string) => path === draft.source || around.holds(path) };
  const found = lintPacket(source, context);
  // The lines of a text that stands nowhere would lead to nothing.
  const errors = found.flatMap(({ severity, code, facts }) => (severity === "error" ? [{ code, facts }] : []));
  if (errors.length > 0) return refuseAll(errors);
  const read = readPacket(source, context.today);
  const contract = read.ok ? drawContract(read.value.packet) : read;
  if (!read.ok || !contract.ok) throw new TypeError("a packet without an error says a contract");
  const { allowedPaths, successCriteria, task, validation } = contract.value;
  const isMeant =
    allowedPaths.join("\n") === fields.allowedPaths.join("\n") &&
    successCriteria.map(({ text }) => text).join("\n") === fields.criteria.join("\n") &&
    validation.argv.join("\n") === fields.validation.join("\n") &&
    task.statement === fields.task;
  if (!isMeant) throw new TypeError("a packet that was written for its author says what he said");
  return after(await planListOf(world, read.value.packet), (list) =>
    ok({
      list,
      source,
      drawn: { packet: read.value.packet, contract: contract.value, checks: [], checksSource: "absent" },
      warnings: found,
      digests: { packet: source.digest, contract: contractDigest(contract.value) },
    }),
  );
};

/** Lays it into the home, where nothing may stand, lists it, and records that it was linted. It grants nothing. */
export const layNewPacket = async (world: World, { source, list }: NewPacket): Promise<void> => {
  await world.home.write(source.path, source.bytes, "absent");
  // The packet before its list: what the second lacks of the first, cto sot write brings.
  if (list !== "in-step") await writeLists(world, [list]);
  await lintOfHome(world, [source]);
};
