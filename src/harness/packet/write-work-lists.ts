import { isListPath, listedWork } from "../../workflow/contract/work-list.ts";
import { listInStep, newList, type ItemOfPacket, type ListInStep } from "../../workflow/contract/write-work-list.ts";
import type { Digest } from "../../workflow/digest.ts";
import type { WorkId } from "../../workflow/ids.ts";
import type { Packet, SourceDocument } from "../../workflow/packet/packet.ts";
import { POLICY_PATH } from "../../workflow/read-policy.ts";
import { refusal, type Refusal } from "../../workflow/refusal.ts";
import { after, ok, refusalsOf, unless, type Result } from "../../workflow/result.ts";
import { readPackets, today } from "../home/documents.ts";
import type { World } from "../world.ts";

/** A work-item list that is to be written, over the very bytes that were read. */
export interface ListToWrite extends ListInStep {
  readonly path: string;
  readonly over: Digest | "absent";
}

/** What is to be written so that every list names the packets that come from it. Nothing is written yet. */
export interface PlannedLists {
  readonly lists: Result<readonly ListToWrite[], Refusal>;
  /** Packets that cannot be read: which list they come from is not known. */
  readonly unread: readonly string[];
  /** Packets that come from a document which is no work-item list. */
  readonly unlisted: readonly string[];
}

/** For every packet of the home that can be read. */
export const planLists = async (world: World): Promise<PlannedLists> => {
  const readings = await readPackets(world);
  const packets = readings.flatMap(({ read }) => (read.ok ? [read.value.packet] : []));
  const fromLists = packets.filter(({ frontmatter }) => isListPath(frontmatter.source.value));
  const twice = objectionsToClaims(packets);
  const planned = twice.length > 0 ? [] : await planEach(world, fromLists);
  return {
    lists: unless([...twice, ...planned.flatMap(refusalsOf)], () =>
      planned.flatMap((plan) => (plan.ok && isToWrite(plan.value) ? [plan.value] : [])),
    ),
    unread: readings.flatMap(({ source, read }) => (read.ok ? [] : [source.path])),
    unlisted: packets.filter((packet) => !fromLists.includes(packet)).map(({ source }) => source.path),
  };
};

/** One after the other; one that is not what was read before is a Failure, and those behind it stay as they are. */
export const writeLists = async ({ home }: World, lists: readonly ListToWrite[]): Promise<void> => {
  for (const { path, bytes, over } of lists) await home.write(path, bytes, over);
};

/** The same for one packet, which may still stand nowhere: what its list lacks of it, nothing where it lists it already. */
export const planListOf = async (world: World, packet: Packet): Promise<Result<ListToWrite | "in-step", Refusal>> => {
  const { owner, source } = packet.frontmatter;
  if (!isListPath(source.value)) return ok("in-step");
  const there = await world.home.list("issues");
  const order = { path: source.value, owner: owner.value, items: [itemOf(packet)] };
  return after(await planList(world, there, order), (plan) => ok(isToWrite(plan) ? plan : "in-step"));
};

const isToWrite = ({ over, added, renewed }: ListToWrite): boolean =>
  over === "absent" || added.length + renewed.length > 0;

const planEach = async (world: World, packets: readonly Packet[]): Promise<readonly Result<ListToWrite, Refusal>[]> => {
  const there = await world.home.list("issues");
  const paths = [...new Set(packets.map(({ frontmatter }) => frontmatter.source.value))].toSorted();
  return Promise.all(
    paths.map((path) => {
      const ours = packets.filter(({ frontmatter }) => frontmatter.source.value === path);
      return planList(world, there, { path, owner: ours[0]?.frontmatter.owner.value ?? "", items: ours.map(itemOf) });
    }),
  );
};

/** One list of a home, and what it has to name. */
interface ListOrder {
  readonly path: string;
  /** Who owns the list, where it is still to be made. */
  readonly owner: string;
  readonly items: readonly ItemOfPacket[];
}

const planList = async (
  world: World,
  there: readonly SourceDocument[],
  { path, owner, items }: ListOrder,
): Promise<Result<ListToWrite, Refusal>> => {
  const source = await world.home.read(path);
  const inStep =
    source === "absent"
      ? // A list that nobody wrote comes from no plan: what it begins with is what the owner laid down for the home.
        newList(path, { owner, from: POLICY_PATH, today: today(world) }, items)
      : listInStep(source, items, today(world));
  if (!inStep.ok) return inStep;
  const others = there.filter((list) => list.path !== path);
  return unless(objectionsToOthers(path, inStep.value.added, others), () => ({
    ...inStep.value,
    path,
    over: source === "absent" ? source : source.digest,
  }));
};

function* objectionsToOthers(
  list: string,
  added: readonly WorkId[],
  others: readonly SourceDocument[],
): Iterable<Refusal> {
  for (const other of others) {
    const listed = listedWork(other);
    if (!listed.ok) continue;
    for (const { work, at } of listed.value)
      if (added.includes(work)) yield refusal("contract/work-listed-elsewhere", { work, other: other.path, list }, at);
  }
}

const objectionsToClaims = (packets: readonly Packet[]): readonly Refusal[] =>
  packets.flatMap(({ work, source }, index) => {
    const first = packets.slice(0, index).find((other) => other.work.value === work.value);
    return first === undefined
      ? []
      : [
          refusal(
            "contract/work-claimed-twice",
            { work: work.value, first: first.source.path, second: source.path },
            work.at,
          ),
        ];
  });

const itemOf = ({ work, title, source }: Packet): ItemOfPacket => ({
  work: work.value,
  title: title.value.trim(),
  packet: source.path,
});
