import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";

import { recordApproval } from "../../../src/harness/approval/approve.ts";
import { present } from "../../../src/harness/approval/present.ts";
import { workId, type WorkId } from "../../../src/workflow/ids.ts";
import { packetPath } from "../../../src/workflow/packet/write-packet.ts";
import type { Field } from "./field.ts";

/** A second packet of the home: the same target and task under another work id. */
export const otherPacket = async ({ ground }: Field, id: string): Promise<WorkId> => {
  const work = workId(id);
  if (work === undefined) throw new Error(`${id} is no work id`);
  const text = await readFile(path.join(ground.home, ground.packet), "utf8");
  const name = "cto-other-approval-packet";
  const other = text.replaceAll(ground.work, work).replaceAll("cto-sample-approval-packet", name);
  await writeFile(path.join(ground.home, packetPath(name)), other);
  return work;
};

/** The owner approves any work item of the home. */
export const approveWork = async ({ world, ground }: Field, work: WorkId): Promise<void> => {
  const shown = await present(world, work);
  if (!shown.ok) throw new Error(`nothing to approve: ${shown.refusals.map(({ code }) => code).join(", ")}`);
  const bytes = new TextEncoder().encode(shown.value.contract.requiredApproval);
  const recorded = await recordApproval(world, shown.value, {
    bytes,
    entry: "file",
    key: ground.key,
    expiresMs: undefined,
  });
  if (!recorded.ok) throw new Error(`not approved: ${recorded.refusals.map(({ code }) => code).join(", ")}`);
};
