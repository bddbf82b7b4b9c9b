import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

import { SAMPLE_FILES } from "../../src/cli/demo/sample.ts";
import { openUnconfined } from "../../test/hostile/unconfined.ts";
import { median, ratio, tell, unable } from "../measure.ts";
import { inStage, openGround } from "../stage.ts";
import { PEERS, type Peer } from "./runners.ts";

const ROUNDS = 7;
const COMMAND_TIMEOUT_MS = 60_000;

const COMMANDS: Readonly<Record<string, readonly string[]>> = {
  "`true`": ["/bin/true"],
  // The file is named: srt puts devices in the place of shell start files, and pytest, left to look for itself, ends at them.
  "pytest of the demo's target": [
    "/usr/bin/python3",
    "-m",
    "pytest",
    "-q",
    "-p",
    "no:cacheprovider",
    "test_strings.py",
  ],
};

/** The same two commands in our full stage and in each peer's, in turns; whether the ratios that we promise are met. */
export const peerTimes = async (): Promise<boolean> => {
  const folder = await mkdtemp(path.join(tmpdir(), "cto-bench-"));
  const held: boolean[] = [];
  const lines: string[] = [];
  try {
    const ground = await openGround(path.join(folder, "ours"));
    const places = await Promise.all(PEERS.map((peer) => openPlace(peer, folder)));
    for (const [what, argv] of Object.entries(COMMANDS)) {
      const acts = [() => inStage(ground, argv), ...places.map((place) => () => place.run(argv))];
      const [ours, ...theirs] = await inTurns(acts);
      const cells = [ours, ...theirs].map((ms) => (ms === undefined ? "could not run" : `${ms.toFixed(0)} ms`));
      lines.push(`| ${what} | ${cells.join(" | ")} |`);
      for (const [peer, bound] of BOUNDS) {
        const their = theirs[PEERS.findIndex(({ id }) => id === peer)];
        const row = `${what} in the full stage, against ${peer}`;
        if (ours !== undefined && their !== undefined) held.push(ratio(row, ours, their, bound[what] ?? Number.NaN));
        else held.push(unable(`${row}: one of both did not run it`));
      }
    }
    for (const place of places) place.end();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  const names = ["CTO Harness, full stage", ...PEERS.map(({ name }) => name)];
  const table = [`| | ${names.join(" | ")} |`, `|---|${names.map(() => "---|").join("")}`, ...lines];
  process.stdout.write(`${table.join("\n")}\n`);
  tell({ kind: "table", title: "Times", lines: table });
  return held.every(Boolean);
};

/** What we promise beside each: the design's ratios. */
const BOUNDS: readonly (readonly [Peer["id"], Readonly<Record<string, number>>])[] = [
  ["srt", { "`true`": 0.5, "pytest of the demo's target": 1 }],
  ["codex", { "`true`": 1.5, "pytest of the demo's target": 1.35 }],
];

interface TimedPlace {
  readonly run: (argv: readonly string[]) => Promise<void>;
  readonly end: () => void;
}

/** The demo's target once more, as the peer's user has it. */
const openPlace = async (peer: Peer, root: string): Promise<TimedPlace> => {
  const control = openUnconfined(COMMAND_TIMEOUT_MS, peer.runner);
  const folder = path.join(root, peer.id, "workspaces/1");
  for (const [name, content] of Object.entries(SAMPLE_FILES)) {
    await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
    await writeFile(path.join(folder, name), content);
  }
  execFileSync("/bin/chmod", ["-R", "a+rX", root]);
  const stage = await control.open({
    checkout: (uid) => {
      if (process.getuid?.() === 0) execFileSync("/bin/chown", ["-R", `${uid}:${uid}`, folder]);
      return Promise.resolve({ folder, over: "nothing" });
    },
  });
  return {
    end: control.end,
    run: async (argv) => {
      const started = await stage.start(argv, { PYTHONDONTWRITEBYTECODE: "1" });
      const [, err] = await Promise.all([new Response(started.stdout).text(), new Response(started.stderr).text()]);
      const { code } = await started.ended;
      if (code !== 0)
        throw new Error(`${argv.join(" ")} ended with ${code ?? "a signal"} in ${peer.name}: ${err.slice(-300)}`);
    },
  };
};

/** Milliseconds, the medians of all, taken in turns after one of each that does not count; none of one that failed. */
const inTurns = async (acts: readonly (() => Promise<void>)[]): Promise<readonly (number | undefined)[]> => {
  const taken = acts.map((): number[] => []);
  const failed = new Set<number>();
  for (let round = 0; round <= ROUNDS; round += 1)
    for (const [at, act] of acts.entries()) {
      if (failed.has(at)) continue;
      const started = performance.now();
      try {
        await act();
        if (round > 0) taken[at]?.push(performance.now() - started);
      } catch (error) {
        failed.add(at);
        process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
      }
    }
  return taken.map((all, at) => (failed.has(at) ? undefined : median(all)));
};
