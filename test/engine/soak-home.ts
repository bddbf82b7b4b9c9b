import { rm, writeFile } from "node:fs/promises";
import path from "node:path";

import { makeSample } from "../../src/adapters/target/make-sample.ts";
import { leaveRun } from "../../src/harness/orders/run-order.ts";
import type { World } from "../../src/harness/world.ts";
import { workId, type WorkId } from "../../src/workflow/ids.ts";
import { packetPath, writePacket } from "../../src/workflow/packet/write-packet.ts";
import { admit, approveBy, makeGround, openSwitches, packetFields, type Ground } from "../journeys/ground.ts";

/** A home with some targets, each of which is given one more work item in each round. */
export interface SoakHome {
  readonly ground: Ground;
  readonly world: World;
  readonly targets: readonly SoakTarget[];
  /** A file of switches for each target, as `cto worker --switches` takes it. */
  readonly switches: readonly string[];
  close(): Promise<void>;
}

export interface SoakTarget {
  readonly folder: string;
  readonly admission: string;
}

const TARGETS = ["one", "two", "three"] as const;

export const makeSoakHome = async (): Promise<SoakHome> => {
  const ground = await makeGround({}, filesAt(0));
  await rm(path.join(ground.home, ground.packet));
  const world = await ground.open();
  const targets: SoakTarget[] = [];
  const switches: string[] = [];
  for (const name of TARGETS) {
    const folder = path.join(ground.root, `target-${name}`);
    const admission = `.sot/03-PROTOCOLS/CTO-SOAK-${name.toUpperCase()}-ADMISSION.json`;
    await makeSample(folder, filesAt(0));
    targets.push({ folder, admission });
    const lines = Object.entries(openSwitches("scripted", admission)).map(([key, value]) => `${key}=${value}\n`);
    const file = path.join(ground.root, `${name}.env`);
    await writeFile(file, lines.join(""));
    switches.push(file);
  }
  return {
    ground,
    world,
    targets,
    switches,
    close: async () => {
      await world.engine.close();
      await world.store.close();
      await ground.close();
    },
  };
};

/** Approves one work item of each target and leaves its run to whichever worker comes. */
export const orderRound = async (home: SoakHome, round: number): Promise<readonly WorkId[]> => {
  // Nothing under .sot is changed while a run goes on, so all of them are ordered at the end.
  const works = await orderlessRound(home, round);
  for (const work of works) {
    const left = await leaveRun(home.world, work);
    if (!left.ok) throw new Error(`${work} is not ordered: ${left.refusals.map(({ code }) => code).join(", ")}`);
  }
  return works;
};

/** The same without any order. */
export const orderlessRound = async (
  { ground, world, targets }: SoakHome,
  round: number,
): Promise<readonly WorkId[]> => {
  const files = filesAt(round);
  await ground.plays(Object.entries(files).map(([write, content]) => ({ write, content })));
  const works: WorkId[] = [];
  for (const [nth, { folder, admission }] of targets.entries()) {
    const number = String(98 + round * targets.length + nth).padStart(3, "0");
    const work = workId(`CTO-WORK-${number}`);
    if (work === undefined) throw new Error(`${number} makes no work id`);
    const name = `cto-soak-${number}-approval-packet`;
    const fields = {
      ...packetFields(folder, work),
      name,
      admissionSource: admission,
      validation: ["python3", "-m", "unittest", "-q"],
    };
    await writeFile(path.join(ground.home, packetPath(name)), writePacket(fields));
    const own = { ...ground, target: folder, work, packet: packetPath(name) };
    // The last round moved the branch: it is admitted where it stands now.
    await rm(path.join(ground.home, admission), { force: true });
    await rm(path.join(ground.home, `${admission}.sig`), { force: true });
    await admit(world, own);
    const refused = await approveBy(world, own);
    if (refused.length > 0) throw new Error(`${work} is not approved: ${refused.join(", ")}`);
    works.push(work);
  }
  return works;
};

/** Each round brings a function and its test: new tests fail on the old sources, old ones hold on the new. */
const filesAt = (round: number): Readonly<Record<string, string>> => {
  const steps = Array.from({ length: round + 1 }, (_, nth) => nth);
  const sources = steps.map((nth) => `def step_${nth}():\n    return ${nth}\n`).join("\n\n");
  const tests = steps.map(
    (nth) => `    def test_${nth}(self):\n        self.assertEqual(src_strings.step_${nth}(), ${nth})\n`,
  );
  const head = "import unittest\n\nfrom src import strings as src_strings\n\n\nclass Steps(unittest.TestCase):\n";
  return {
    ...(round === 0 ? { ".gitignore": "__pycache__/\n" } : {}),
    "src/strings.py": sources,
    "test_strings.py": head + tests.join("\n"),
  };
};
