import { execFileSync } from "node:child_process";
import { readdir } from "node:fs/promises";
import path from "node:path";

import { expect } from "vitest";

import { verifyFolder } from "../../src/harness/evidence/verify-folder.ts";
import type { World } from "../../src/harness/world.ts";
import { parseEvent, type ChainedEvent } from "../../src/workflow/event-chain.ts";
import type { RunId } from "../../src/workflow/ids.ts";
import type { PacketFields } from "../../src/workflow/packet/write-packet.ts";
import type { RunEnding } from "../../src/workflow/run-state.ts";
import { admit, approveBy, makeGround, targetDigest, type Ground } from "./ground.ts";

/** A ground with an admitted target and an approval that nothing has used yet; its validation takes no time. */
export interface Approved {
  readonly ground: Ground;
  readonly world: World;
  /** The commit that the target stands on. */
  readonly base: string;
  /** `targetDigest` before anything ran. */
  readonly before: string;
}

/** Where a ground lies, and what is done to its home before anybody opens it. */
interface Place {
  readonly below?: string;
  readonly prepare?: (home: string) => Promise<void>;
}

export const withApproved = async (
  act: (approved: Approved) => Promise<void>,
  fields: Partial<PacketFields> = {},
  { below, prepare }: Place = {},
): Promise<void> => {
  const ofPacket = { validation: ["python3", "-m", "unittest", "-q"], ...fields };
  const ground = await makeGround(ofPacket, UNITTEST_FILES, below);
  await prepare?.(ground.home);
  const world = await ground.open();
  try {
    await ground.plays(UNITTEST_STEPS);
    await admit(world, ground);
    expect(await approveBy(world, ground)).toEqual([]);
    const [base = ""] = commitsOf(ground);
    await act({ ground, world, base, before: await targetDigest(world, ground) });
  } finally {
    await world.store.close();
    // A disk of its own goes away as a whole, however it broke.
    if (below === undefined) await ground.close();
  }
};

/** The bundle is sealed, verifies against the home's own signers, and tells of this ending. */
export const expectEvidence = async (
  world: World,
  run: RunId,
  ending: RunEnding,
): Promise<ReadonlyMap<string, Uint8Array>> => {
  const { verdict, checks } = await verifyFolder(
    world,
    { run },
    await world.home.read(".sot/authority/allowed_signers"),
  );
  expect(checks.filter((check) => check.verdict !== "PASS")).toEqual([]);
  expect(verdict).toBe("PASS");
  const bundle = await world.archive.open({ run });
  if (bundle === "absent") throw new Error("there is no bundle");
  expect(JSON.parse(textOf(bundle.files, "bundle.json"))).toMatchObject({ run, ending });
  const unsealed = (await readdir(path.dirname(bundle.folder))).filter((name) => name.startsWith(".partial"));
  expect(unsealed).toEqual([]);
  return bundle.files;
};

/** No commit, no byte, and an item that wants a new approval (R020). */
export const expectNothing = async (world: World, ground: Ground, before: string): Promise<void> => {
  expect(await world.store.work(ground.work)).toMatchObject({ state: "candidate" });
  expect(await targetDigest(world, ground)).toBe(before);
};

export const textOf = (files: ReadonlyMap<string, Uint8Array>, name: string): string =>
  new TextDecoder().decode(files.get(name) ?? new Uint8Array());

export const factsOf = async (world: World, run: RunId): Promise<readonly ChainedEvent[]> =>
  (await world.store.facts(run)).map(parseEvent);

/** From the tip of the branch to its root. */
export const commitsOf = (ground: Pick<Ground, "target">): readonly string[] =>
  gitIn(ground.target, "rev-list", "main").trim().split("\n");

export const gitIn = (folder: string, ...args: readonly string[]): string =>
  execFileSync("/usr/bin/git", ["-C", folder, ...args], {
    env: { PATH: "/usr/bin:/bin", GIT_OPTIONAL_LOCKS: "0" },
    encoding: "utf8",
  });

const TESTS = `import unittest

import strings
from src import strings as src_strings


class Slugify(unittest.TestCase):
    def test_root(self):
        self.assertEqual(strings.slugify("a  b"), "a-b")
`;

export const UNITTEST_FILES: Readonly<Record<string, string>> = {
  ".gitignore": "__pycache__/\n",
  "strings.py": 'def slugify(text):\n    return "-".join(text.lower().split())\n',
  "src/strings.py": 'def slugify(text):\n    return text.lower().replace(" ", "-")\n',
  "test_strings.py": TESTS,
};

export const UNITTEST_STEPS: readonly object[] = [
  { edit: "src/strings.py", old: 'text.lower().replace(" ", "-")', new: '"-".join(text.lower().split())' },
  {
    write: "test_strings.py",
    content: `${TESTS}
    def test_src(self):
        self.assertEqual(src_strings.slugify(" a  b "), "a-b")
`,
  },
];
