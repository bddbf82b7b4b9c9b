import { execFileSync } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";

import { bubblewrapSandbox } from "../src/adapters/sandbox/bubblewrap-sandbox.ts";
import { SAMPLE_FILES } from "../src/cli/demo/sample.ts";
import type { ConfinedStage, StageOrder } from "../src/seams/sandbox.ts";
import { defaultPolicyText } from "../src/workflow/default-policy.ts";
import { digestOf } from "../src/workflow/digest.ts";
import { parseOid, runId, workId } from "../src/workflow/ids.ts";
import { readPolicy } from "../src/workflow/read-policy.ts";
import { median, note } from "./measure.ts";

/** A target of the demo, and a stage over it. */
export interface Ground {
  readonly target: string;
  readonly open: () => Promise<ConfinedStage>;
}

export const openGround = async (folder: string): Promise<Ground> => {
  const target = path.join(folder, "target");
  for (const [name, content] of Object.entries(SAMPLE_FILES)) {
    await mkdir(path.dirname(path.join(target, name)), { recursive: true });
    await writeFile(path.join(target, name), content);
  }
  const sandboxes = bubblewrapSandbox({ stateFolder: path.join(folder, "state") });
  const { confinement } = await sandboxes.probe();
  if (confinement === "none") throw new Error("no sandbox works here");
  note(`  confinement level ${confinement}`);
  return { target, open: () => sandboxes.open(orderOf(target, confinement)) };
};

const orderOf = (target: string, confinement: StageOrder["confinement"]): StageOrder => {
  const bytes = new TextEncoder().encode(defaultPolicyText());
  const policy = readPolicy({ path: "policy.yaml", bytes, digest: digestOf(bytes) });
  const [work, tree] = [workId("CTO-WORK-049"), parseOid("0".repeat(40))];
  if (!policy.ok || work === undefined || tree === undefined) throw new TypeError("the bench's own values are good");
  const entries = [
    ...Object.keys(SAMPLE_FILES).map((name) => ({ path: name, mode: "100644" }) as const),
    { path: "src/", mode: "040000" } as const,
  ];
  return {
    purpose: "agent",
    confinement,
    relay: undefined,
    tunnel: undefined,
    limits: policy.value.limits,
    workspace: { id: "bench", run: runId(work, 1), purpose: "agent", tree, ledger: target, entries },
    checkout: (owner) => {
      execFileSync("/bin/chown", ["-R", `${owner}:${owner}`, target]);
      return Promise.resolve({ folder: target, over: "nothing" });
    },
    writable: ["src/strings.py", "test_strings.py"],
    masked: [".env", "secrets/"],
    readOnly: [],
    readOnlyHostPaths: [],
    files: [],
    uidBase: policy.value.uidBase,
  };
};

/** The environment of the same command without a stage. */
export const BARE: Readonly<Record<string, string>> = {
  PATH: "/usr/bin:/bin",
  HOME: "/nonexistent",
  PYTHONDONTWRITEBYTECODE: "1",
};

/** Milliseconds, the medians of both, taken in turns after one of each that does not count. */
export const sideBySide = async (
  one: () => Promise<void>,
  other: () => Promise<void>,
  rounds: number,
): Promise<readonly [number, number]> => {
  const taken: readonly [number[], number[]] = [[], []];
  for (let round = 0; round <= rounds; round += 1)
    for (const [at, act] of [one, other].entries()) {
      const started = performance.now();
      await act();
      if (round > 0) taken[at === 0 ? 0 : 1].push(performance.now() - started);
    }
  return [median(taken[0]), median(taken[1])];
};

/** Runs a command in a stage of its own, which is opened and closed for it. */
export const inStage = async ({ open }: Ground, argv: readonly string[]): Promise<void> => {
  const stage = await open();
  try {
    const started = await stage.start(argv, {});
    await Promise.all([new Response(started.stdout).text(), new Response(started.stderr).text()]);
    const { code } = await started.ended;
    if (code !== 0) throw new Error(`${argv.join(" ")} ended with ${code ?? "a signal"} in the stage`);
  } finally {
    await stage.close();
  }
};
