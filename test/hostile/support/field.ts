import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";

import { readReport } from "../../../src/harness/evidence/read-report.ts";
import { verifyFolder } from "../../../src/harness/evidence/verify-folder.ts";
import type { RunResult } from "../../../src/harness/run/run.ts";
import type { World } from "../../../src/harness/world.ts";
import type { Report } from "../../../src/workflow/evidence/schemas/report.ts";
import type { Verdict } from "../../../src/workflow/evidence/verify/verdict.ts";
import type { PacketFields } from "../../../src/workflow/packet/write-packet.ts";
import type { Refusal } from "../../../src/workflow/refusal.ts";
import { admit, approveBy, makeGround, runOnce, targetDigest, type Ground } from "../../journeys/ground.ts";

/** A target with something to lose, its owner, and a place on the host where anything planted that ran leaves a file. */
export interface Field {
  readonly ground: Ground;
  readonly world: World;
  /** Holds the one file `victim`; attacks are told its path and must not reach it. */
  readonly canary: string;
  /** Stands in the target's ignored `.env`; nothing that a run leaves may hold it. */
  readonly secret: string;
  close(): Promise<void>;
}

export interface FieldOrder {
  readonly allowed?: readonly string[];
  readonly files?: Readonly<Record<string, string>>;
  readonly validation?: readonly string[];
  /** What the owner's repository is like before it is admitted. */
  readonly prepare?: (owner: Owner, canary: string) => void;
  /** Replaces text in policy.yaml. */
  readonly policy?: readonly (readonly [from: string, to: string])[];
}

/** What one run came to, with the evidence that it sealed. */
export interface Trial {
  readonly result: RunResult;
  readonly codes: readonly string[];
  readonly refusals: readonly Refusal[];
  readonly lines: readonly string[];
  readonly report: Report;
  readonly verdict: Verdict;
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** What the commands of the agent printed: it tells whether an attack really tried. */
  readonly printed: string;
  readonly before: string;
}

/** The owner at his own shell: his git obeys his configuration and runs his hooks. */
export interface Owner {
  readonly git: (...args: readonly string[]) => string;
  readonly sh: (script: string) => string;
}

export const openField = async (order: FieldOrder = {}): Promise<Field> => {
  const secret = `cto-canary-${randomBytes(12).toString("hex")}`;
  const files = { ...TARGET_FILES, ...order.files, ".env": `TOKEN=${secret}\n` };
  const fields: Partial<PacketFields> = {
    validation: order.validation ?? ["python3", "-m", "unittest", "-q"],
    ...(order.allowed === undefined ? {} : { allowedPaths: order.allowed }),
  };
  const ground = await makeGround(fields, files);
  for (const [from, to] of order.policy ?? []) await ground.edit(".sot/authority/policy.yaml", from, to);
  const canary = path.join(ground.root, "canary");
  await mkdir(canary, { mode: 0o777 });
  await writeFile(path.join(canary, "victim"), "orig\n");
  order.prepare?.(ownerOf(ground), canary);
  const world = await ground.open();
  await admit(world, ground);
  return {
    ground,
    world,
    canary,
    secret,
    close: async () => {
      await world.store.close();
      await ground.close();
    },
  };
};

/** Approves and runs once: the agent plays the steps, `seen` is shown every event line as it is written. */
export const trial = async (
  field: Field,
  steps: readonly object[],
  seen: (line: string) => void = () => undefined,
): Promise<Trial> => {
  await approve(field, steps);
  return runTrial(field, seen);
};

export const approve = async ({ world, ground }: Field, steps: readonly object[]): Promise<void> => {
  await ground.plays(steps);
  const refused = await approveBy(world, ground);
  if (refused.length > 0) throw new Error(`not approved: ${refused.join(", ")}`);
};

export const runTrial = async (
  { world, ground }: Field,
  seen: (line: string) => void = () => undefined,
): Promise<Trial> => {
  const before = await targetDigest(world, ground);
  const lines: string[] = [];
  const done = await runOnce(world, ground, (line) => {
    lines.push(line);
    seen(line);
  });
  if (!done.ok) throw new Error(`no run: ${done.refusals.map(({ code }) => code).join(", ")}`);
  const place = { run: done.value.run };
  const bundle = await world.archive.open(place);
  if (bundle === "absent") throw new Error(`${done.value.run} left no bundle`);
  const report = readReport(bundle.files);
  if (report === undefined) throw new Error(`${done.value.run} left no report`);
  const { ending } = done.value;
  return {
    result: done.value,
    codes: [ending.kind, ...new Set(ending.refusals.map(({ code }) => code))],
    refusals: ending.refusals,
    lines,
    report,
    verdict: await verifyFolder(world, place, await world.home.read(".sot/authority/allowed_signers")),
    files: bundle.files,
    printed: printedIn(bundle.files),
    before,
  };
};

/** Acts on the host in the very moment in which the first event of this type is written. */
export const when = (type: string, act: () => void): ((line: string) => void) => {
  let isOver = false;
  return (line) => {
    if (isOver || !line.includes(`"type":"cto.${type}.v1"`)) return;
    isOver = true;
    act();
  };
};

/** The paths that the refusals of one code name. */
export const pathsOf = ({ refusals }: Trial, code: string): readonly string[] =>
  refusals.filter((one) => one.code === code).map(({ facts }) => String(facts["path"]));

/** A file as the target's commit holds it. */
export const committed = ({ ground }: Field, name: string, commit = "HEAD"): string =>
  ownerOf(ground).git("show", `${commit}:${name}`);

export const ownerOf = (ground: Pick<Ground, "root" | "target">): Owner => {
  const env = {
    PATH: "/usr/bin:/bin",
    HOME: path.join(ground.root),
    LC_ALL: "C",
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_AUTHOR_NAME: "Owner",
    GIT_AUTHOR_EMAIL: "owner@sample.invalid",
    GIT_COMMITTER_NAME: "Owner",
    GIT_COMMITTER_EMAIL: "owner@sample.invalid",
  };
  const options = { cwd: ground.target, env, stdio: "pipe", encoding: "utf8" } as const;
  return {
    git: (...args) => execFileSync("/usr/bin/git", args, options),
    sh: (script) => execFileSync("/bin/bash", ["-ec", script], options),
  };
};

export const HONEST: object = {
  edit: "src/strings.py",
  old: 'text.lower().replace(" ", "-")',
  new: '"-".join(text.lower().split())',
};

const TARGET_FILES: Readonly<Record<string, string>> = {
  ".gitignore": "__pycache__/\n.env\n*.log\n",
  "README.md": "# Sample target\n",
  "infra/main.tf": "# infrastructure\n",
  "src/__init__.py": "",
  "src/other.py": "OTHER = 1\n",
  "src/strings.py": 'def slugify(text: str) -> str:\n    return text.lower().replace(" ", "-")\n',
  "test_strings.py": `import unittest

from src.strings import slugify


class Slugs(unittest.TestCase):
    def test_words(self):
        self.assertEqual(slugify("Hello World"), "hello-world")
`,
};

const printedIn = (files: ReadonlyMap<string, Uint8Array>): string =>
  new TextDecoder()
    .decode(files.get("backend/frames.jsonl"))
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Frame)
    .flatMap(({ frame }) => frame?.params?.update?.rawOutput?.output ?? [])
    .join("");

interface Frame {
  readonly frame?: { readonly params?: { readonly update?: { readonly rawOutput?: { readonly output?: string } } } };
}

export const readVictim = ({ canary }: Field): Promise<string> => readFile(path.join(canary, "victim"), "utf8");
