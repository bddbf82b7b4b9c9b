import { digestOf } from "../workflow/digest.ts";
import { renderings } from "../workflow/evidence/bundle-files.ts";
import { traceLines } from "../workflow/evidence/trace.ts";
import { parseOid, workId, type RunId } from "../workflow/ids.ts";
import { refusal, type Refusal } from "../workflow/refusal.ts";
import { ok, refuse, type Result } from "../workflow/result.ts";
import { execute } from "./execute.ts";
import { readReport } from "./read-report.ts";
import { permitOf } from "./recorded-run.ts";
import type { World } from "./world.ts";

export const REPLAY_LEVELS = ["patch", "validation", "render"] as const;
export type ReplayLevel = (typeof REPLAY_LEVELS)[number];

export interface Replayed {
  readonly level: ReplayLevel;
  readonly same: boolean;
  /** What came out otherwise than the evidence says, one sentence each: drift is shown, never refreshed. */
  readonly differences: readonly string[];
  readonly notComparable: readonly string[];
}

/** Does a part of a sealed run again and compares. Writes to scratch only (R123, R124). */
export const replay = async (world: World, run: RunId, level: ReplayLevel): Promise<Result<Replayed, Refusal>> => {
  const bundle = await world.archive.open({ run });
  const report = bundle === "absent" ? undefined : readReport(bundle.files);
  if (bundle === "absent" || report === undefined) return refuse(refusal("replay/not-found", { run, level }));
  if (!report.replay.some((path) => path.level === level)) return refuse(refusal("replay/not-found", { run, level }));
  switch (level) {
    case "render":
      return ok(replayRender(bundle.files, report, run));
    case "patch":
      return ok(await replayObjects(world, bundle.files, report.commit));
    case "validation":
      return replayValidation(world, run, report);
  }
};

type Report = NonNullable<ReturnType<typeof readReport>>;
type Files = ReadonlyMap<string, Uint8Array>;

const replayRender = (files: Files, report: Report, run: RunId): Replayed => {
  const lines = new TextDecoder()
    .decode(files.get("events.normalized.jsonl"))
    .split("\n")
    .filter((line) => line !== "");
  const work = workId(report.work);
  if (work === undefined) return compared("render", ["the report names no work item"]);
  const drawn = new Map([
    ...renderings(report),
    ["trace.jsonl", new TextEncoder().encode(traceLines(run, work, lines))],
  ]);
  return compared(
    "render",
    [...drawn].flatMap(([name, bytes]) =>
      digestOf(bytes) === digestOf(files.get(name) ?? "") ? [] : [`${name} renders to other bytes`],
    ),
  );
};

const replayObjects = async (world: World, files: Files, commit: Report["commit"]): Promise<Replayed> => {
  const file = (name: string): Uint8Array => files.get(name) ?? new Uint8Array();
  const made = await world.target.replayPatch({
    basePack: file("repo/base.pack"),
    baseCommitRaw: file("repo/base-commit.raw"),
    commitRaw: file("repo/commit.raw"),
    patch: file("patch.diff"),
  });
  const expected = { tree: commit?.tree, commit: commit?.id, base: commit?.base };
  return compared(
    "patch",
    (["tree", "commit", "base"] as const).flatMap((part) =>
      made[part] === expected[part] ? [] : [`${part} is ${made[part]}, the evidence says ${String(expected[part])}`],
    ),
  );
};

const replayValidation = async (world: World, run: RunId, report: Report): Promise<Result<Replayed, Refusal>> => {
  const was = report.validation.find(({ on }) => on === "candidate");
  const tree = parseOid(was?.tree ?? "");
  const permit = await permitOf(world, run);
  if (was === undefined || tree === undefined || permit === undefined)
    return refuse(refusal("replay/not-found", { run, level: "validation" }));
  // The command is the permit's: what a bundle says of it is only compared.
  const { argv } = permit.contract.validation;
  const [name = ""] = argv;
  const program = await world.host.findProgram(name, permit.authority.toolchains);
  if (program === undefined) return refuse(refusal("validation/program-absent", { program: name }));
  const silent = { record: () => undefined, flush: () => Promise.resolve() };
  const now = await execute(
    { world, permit, recorder: silent, stages: [], canaries: [] },
    { on: "candidate", tree, argv, program },
  );
  const counts = JSON.stringify(now.counts ?? null);
  const differences = [
    ...(now.exitCode === was.exitCode
      ? []
      : [`exit ${String(now.exitCode)}, the evidence says ${String(was.exitCode)}`]),
    ...(counts === JSON.stringify(was.counts)
      ? []
      : [`counts ${counts}, the evidence says ${JSON.stringify(was.counts)}`]),
  ];
  return ok({ ...compared("validation", differences), notComparable: ["output bytes", "duration"] });
};

const compared = (level: ReplayLevel, differences: readonly string[]): Replayed => ({
  level,
  same: differences.length === 0,
  differences,
  notComparable: [],
});
