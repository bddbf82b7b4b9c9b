import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import path from "node:path";

import { vi } from "vitest";

import { makeSample } from "../../src/adapters/target/make-sample.ts";
import { readWorks } from "../../src/harness/reading/views-of-works.ts";
import { runId, workId, type RunId, type WorkId } from "../../src/workflow/ids.ts";
import { packetPath, writePacket, type PacketFields } from "../../src/workflow/packet/write-packet.ts";
import type { Standing } from "../journeys/breaking.ts";
import { UNITTEST_FILES, UNITTEST_STEPS } from "../journeys/ended.ts";
import { admit, approveBy, makeGround, openSwitches, packetFields, type Ground } from "../journeys/ground.ts";
import type { Item, ShownCase } from "./surface-makings.ts";
import { STATES } from "./surface-states.ts";

/** Where a state is to be seen: the work item, and its run where it has one. */
export interface Shown {
  readonly work: WorkId;
  readonly run: RunId;
}

/** A home in which every state of surface.md 1 is to be seen, each made by a real run of the scripted backend. */
export interface SurfaceGround {
  readonly home: string;
  /** Private key of the owner `jp`. */
  readonly key: string;
  readonly shown: Readonly<Record<ShownCase, Shown>>;
  /** The same home in a folder of its own; the targets stay those of the first. */
  copy(): Promise<string>;
  close(): Promise<void>;
}

export const makeSurfaceGround = async (): Promise<SurfaceGround> => {
  const ground = await makeGround({}, UNITTEST_FILES);
  const standing: Standing[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(standing.map((each) => each.end()));
    await ground.close();
  };
  try {
    // The work items below bring their packets; the one that every ground has is none of them.
    await rm(path.join(ground.home, ground.packet));
    const shown: Partial<Record<ShownCase, Shown>> = {};
    for (const [name, made] of CASES)
      shown[name] = await makeItem(ground, name, made, (one) => void standing.push(one));
    await vi.waitFor(async () => expectStates(shown, await readHome(ground)), { timeout: 20_000, interval: 500 });
    return {
      home: ground.home,
      key: ground.key,
      shown: whole(shown),
      copy: async () => {
        const folder = path.join(await mkdtemp(path.join(ground.root, "copy-")), "home");
        await cp(ground.home, folder, { recursive: true, preserveTimestamps: true, verbatimSymlinks: true });
        return folder;
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
};

const CASES = Object.entries(STATES) as readonly (readonly [ShownCase, (typeof STATES)[ShownCase]])[];
const FIRST = 49;

const makeItem = async (
  home: Ground,
  name: ShownCase,
  { title, prepared, make }: (typeof STATES)[ShownCase],
  stands: Item["stands"],
): Promise<Shown> => {
  const number = String(FIRST + CASES.findIndex(([one]) => one === name)).padStart(3, "0");
  const work = workId(`CTO-WORK-${number}`);
  if (work === undefined) throw new TypeError(`${number} makes no work id`);
  const target = path.join(home.root, `target-${number}`);
  const admission = `.sot/03-PROTOCOLS/CTO-SAMPLE-${number}-ADMISSION.json`;
  const fields: PacketFields = {
    ...packetFields(target, work),
    name: `cto-sample-${number}-approval-packet`,
    title,
    admissionSource: admission,
    validation: ["python3", "-m", "unittest", "-q"],
  };
  const environment = openSwitches("scripted", admission);
  const ground = { ...home, target, work, packet: packetPath(fields.name) };
  const world = await home.open(environment);
  try {
    if (prepared !== "listed") {
      await makeSample(target, UNITTEST_FILES);
      await writeFile(path.join(home.home, ground.packet), writePacket(fields));
    }
    if (prepared === "admitted" || prepared === "approved") await admit(world, ground);
    if (prepared === "approved") refuseNone(await approveBy(world, ground));
    await ground.plays(UNITTEST_STEPS);
    const run = runId(work, 1);
    await make({ ground, world, run, fields, environment, stands });
    return { work, run };
  } finally {
    await world.store.close();
  }
};

const refuseNone = (codes: readonly string[]): void => {
  if (codes.length > 0) throw new Error(`refused: ${codes.join(", ")}`);
};

const readHome = async (ground: Ground): Promise<ReadonlyMap<string, string>> => {
  const world = await ground.open();
  try {
    return new Map((await readWorks(world)).map(({ work, state }) => [work, state]));
  } finally {
    await world.store.close();
  }
};

/** A state that is not what its name says would let every page of it go unseen. */
const expectStates = (shown: Partial<Record<ShownCase, Shown>>, states: ReadonlyMap<string, string>): void => {
  const wrong = CASES.flatMap(([name, { state }]) => {
    const { work = "no work item" } = shown[name] ?? {};
    const found = states.get(work);
    return found === state ? [] : [`${work}, ${name}: ${found ?? "not there"} instead of ${state}`];
  });
  if (wrong.length > 0) throw new Error(wrong.join("\n"));
};

const whole = (shown: Partial<Record<ShownCase, Shown>>): Readonly<Record<ShownCase, Shown>> =>
  shown as Readonly<Record<ShownCase, Shown>>;
