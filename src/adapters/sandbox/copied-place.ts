import { stat } from "node:fs/promises";

import type { StageOrder } from "../../seams/sandbox.ts";
import { limitArgs } from "./bubblewrap-args.ts";
import { examineFolder } from "./examine.ts";
import { BASH, launchChain, PRLIMIT } from "./launch-chain.ts";
import { launch, type Launch } from "./launch.ts";
import { scratchUsage, type Usage } from "./scratch-usage.ts";
import type { StageMounts } from "./stage-mounts.ts";
import type { StagePlace } from "./stage-place.ts";
import { relayScript } from "./stage-script.ts";
import { unlinkedBytes } from "./unlinked-usage.ts";

/** Level B: a private copy on the host's disk, one sandbox for each start, and a look at what lies in the copy. */
export const copiedPlace = async (
  order: StageOrder,
  folder: string,
  mounts: StageMounts,
  bounds: Pick<Launch, "filter" | "group" | "recorded">,
): Promise<StagePlace> => {
  const closed = new Set([...mounts.plan.pins, ...mounts.plan.masks]);
  const { writableParents } = mounts.plan;
  const device = (await stat(folder)).dev;
  const look = (most: Usage): Promise<Usage> => scratchUsage(folder, writableParents, closed, most);
  // Where nothing is writable there is nothing to look at.
  const before = writableParents.length === 0 ? EMPTY : await look(UNBOUNDED);
  const most: Usage = {
    bytes: before.bytes + order.limits.scratchBytesMax,
    inodes: before.inodes + order.limits.scratchInodesMax,
  };
  const relayed =
    order.relay === undefined
      ? []
      : [
          BASH,
          "--norc",
          "--noprofile",
          "-c",
          relayScript(order.tunnel === undefined ? "model" : "model and hosts"),
          "sh",
        ];
  return {
    files: { folder, journal: undefined, examine: examineFolder(folder, order.workspace.ledger) },
    launch: (command) =>
      launch({
        chain: [...launchChain(mounts.chain), PRLIMIT, ...limitArgs(order.limits), ...relayed, ...command],
        args: mounts.args,
        place: "host",
        ...bounds,
      }),
    passed: async (living) => {
      if (writableParents.length === 0) return undefined;
      const { bytes, inodes } = await look(most);
      if (bytes + (await unlinkedBytes(living, device)) > most.bytes) return "scratch-bytes";
      return inodes > most.inodes ? "scratch-inodes" : undefined;
    },
    namespaces: new Map(),
    keepers: [],
    end: () => Promise.resolve(),
  };
};

const EMPTY: Usage = { bytes: 0, inodes: 0 };
const UNBOUNDED: Usage = { bytes: Number.POSITIVE_INFINITY, inodes: Number.POSITIVE_INFINITY };
