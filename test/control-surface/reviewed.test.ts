import { writeFile } from "node:fs/promises";
import path from "node:path";

import { afterEach, expect, test } from "vitest";

import type { PacketChanges } from "../../src/harness/objects/packet-changes.ts";
import { markReviewed } from "../../src/harness/packet/mark-reviewed.ts";
import { readingOf } from "../../src/harness/reading/reading.ts";
import type { World } from "../../src/harness/world.ts";
import { digestOf } from "../../src/workflow/digest.ts";
import { workId, type WorkId } from "../../src/workflow/ids.ts";
import { packetPath, writePacket } from "../../src/workflow/packet/write-packet.ts";
import { admit, approveBy, makeGround, packetFields, type Ground } from "../journeys/ground.ts";

let ground: Ground | undefined;
afterEach(async () => {
  await ground?.close();
  ground = undefined;
});

const sinceReviewed = async (world: World, { work }: Ground): Promise<PacketChanges> => {
  const changes = await readingOf(world).packetChanges(work, "reviewed");
  if (!changes.found) throw new Error("the work item is there");
  return changes.value;
};

const mark = async (world: World, { work }: Ground): Promise<void> => {
  const source = await readingOf(world).packetSource(work);
  if (!source.found || !(await markReviewed(world, work, digestOf(source.value))).ok) throw new Error("not marked");
};

test("what changed is told since a person marked these bytes, whatever was read meanwhile", async () => {
  ground = await makeGround();
  const world = await ground.open();
  expect(await sinceReviewed(world, ground)).toMatchObject({ kind: "never-reviewed" });
  await mark(world, ground);
  expect(await sinceReviewed(world, ground)).toMatchObject({ kind: "compared", class: "same", changes: [] });
  await ground.edit(ground.packet, "- `test_strings.py`", "- `test_strings.py`\n- `extra.py`");
  const widened = { field: "allowedPaths", class: "widens", before: null, after: "extra.py" };
  for (const _ of [1, 2])
    expect(await sinceReviewed(world, ground)).toMatchObject({ kind: "compared", class: "widens", changes: [widened] });
  await mark(world, ground);
  expect(await sinceReviewed(world, ground)).toMatchObject({ class: "same" });
});

test("a signature is a review as well, and other words of the same contract are told as wording", async () => {
  ground = await makeGround();
  const world = await ground.open();
  await admit(world, ground);
  expect(await approveBy(world, ground)).toEqual([]);
  expect(await sinceReviewed(world, ground)).toMatchObject({ kind: "compared", class: "same" });
  await ground.edit(ground.packet, "description: ", "description: again, ");
  expect(await sinceReviewed(world, ground)).toMatchObject({ kind: "compared", class: "wording", changes: [] });
});

test("of two packets it is told where the second gives more leave than the first, and where less", async () => {
  ground = await makeGround();
  const world = await ground.open();
  const name = "cto-other-approval-packet";
  const other = "CTO-WORK-050";
  const fields = packetFields(ground.target, parsedWork(other));
  await writeFile(path.join(ground.home, packetPath(name)), writePacket({ ...fields, name }));
  await ground.edit(packetPath(name), "- `test_strings.py`", "- `extra.py`");
  const compared = async (work: string, against: string): Promise<PacketChanges> => {
    const changes = await readingOf(world).packetChanges(work, { work: against });
    if (!changes.found) throw new Error("both are there");
    return changes.value;
  };
  const forth = await compared(other, ground.work);
  const back = await compared(ground.work, other);
  const paths = (changes: PacketChanges): unknown =>
    changes.kind === "compared" ? changes.changes.filter(({ field }) => field === "allowedPaths") : changes.kind;
  expect(forth).toMatchObject({ kind: "compared", class: "widens", from: { work: ground.work } });
  const [more, less] = [
    { field: "allowedPaths", class: "widens", before: null, after: "extra.py", line: 40 },
    { field: "allowedPaths", class: "narrows", before: "test_strings.py", after: null, line: null },
  ];
  expect(paths(forth)).toEqual([more, less]);
  expect(paths(back)).toEqual([
    { ...more, after: "test_strings.py" },
    { ...less, before: "extra.py" },
  ]);
  expect(await compared(other, other)).toMatchObject({ class: "same", changes: [] });
  expect(await readingOf(world).packetChanges(other, { work: "CTO-WORK-999" })).toMatchObject({ found: false });
});

const parsedWork = (text: string): WorkId => {
  const work = workId(text);
  if (work === undefined) throw new Error("no work id");
  return work;
};
