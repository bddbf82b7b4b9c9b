import type { PatchReplay, Target } from "../../seams/target.ts";
import { assertNever } from "../../workflow/assert-never.ts";
import type { Mediation } from "../../workflow/backend-probe.ts";
import { MEDIATIONS } from "../../workflow/backend-probe.ts";
import { bounded, difference, type Compared, type Difference } from "../../workflow/evidence/replay-difference.ts";
import { changedInputs } from "../../workflow/evidence/replay-inputs.ts";
import { replayNormalize } from "../../workflow/evidence/replay-normalize.ts";
import { replayRender } from "../../workflow/evidence/replay-render.ts";
import type { ReplayLevel } from "../../workflow/evidence/schemas/replay-levels.ts";
import type { Report } from "../../workflow/evidence/schemas/report.ts";
import type { RunId } from "../../workflow/ids.ts";
import { refusal, type Refusal } from "../../workflow/refusal.ts";
import { ok, refuse, type Result } from "../../workflow/result.ts";
import { readReport } from "../evidence/read-report.ts";
import { redraw } from "../evidence/redraw.ts";
import type { World } from "../world.ts";
import { replayCassette } from "./replay-cassette.ts";
import { replaySession } from "./replay-session.ts";
import { replayValidation } from "./replay-validation.ts";

export interface Replayed extends Compared {
  readonly level: ReplayLevel;
  readonly same: boolean;
  /** What it was done with, one sentence each; no part of the verdict. */
  readonly notes: readonly string[];
}

/** What a replay works with: any bundle's files, stock git, and the home where there is one. */
export interface ReplayGround {
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly target: Pick<Target, "replayPatch">;
  readonly world: World | "none";
  /** Ends at once whatever runs for it; left out, its own bounds end it. */
  readonly signal?: AbortSignal | undefined;
}

/** Does a part of a sealed run of this home again and compares. */
export const replay = async (
  world: World,
  run: RunId,
  level: ReplayLevel,
  signal?: AbortSignal,
): Promise<Result<Replayed, Refusal>> => {
  const bundle = await world.archive.open({ run });
  if (bundle === "absent") return refuse(refusal("replay/not-found", { run, level, levels: "none" }));
  return replayBundle({ files: bundle.files, target: world.target, world, signal }, run, level);
};

/** The same of any bundle, wherever it lies. Writes to scratch only; what differs is shown, never refreshed (R123, R124). */
export const replayBundle = async (
  ground: ReplayGround,
  name: string,
  level: ReplayLevel,
): Promise<Result<Replayed, Refusal>> => {
  const report = readReport(ground.files);
  const path = report?.replay.find((one) => one.level === level);
  if (report === undefined || path === undefined) {
    const levels = report?.replay.map((one) => one.level).join(", ") ?? "none";
    return refuse(refusal("replay/not-found", { run: report?.run ?? name, level, levels }));
  }
  const compared = await atLevel(ground, report, level);
  if (!compared.ok) return compared;
  const { notes = [], differences, notComparable } = compared.value;
  const all = bounded([...changedInputs(path, ground.files), ...differences]);
  return ok({ level, same: all.length === 0, differences: all, notComparable, notes });
};

/** Where a level runs that starts something, and what ends it. */
export interface ReplayRun {
  readonly home: World | "none";
  readonly signal: AbortSignal | undefined;
}

export type ReplayAnswer = Compared & { readonly notes?: readonly string[] };

const atLevel = async (
  { files, target, world, signal }: ReplayGround,
  report: Report,
  level: ReplayLevel,
): Promise<Result<ReplayAnswer, Refusal>> => {
  switch (level) {
    case "patch":
      return ok(patchAnswer(await made(target, files), report));
    case "render":
      return ok(await renderAnswer(world, files, report));
    case "normalize":
      return ok(replayNormalize(files, { kind: report.backend?.kind ?? "", declared: mediationIn(report) }));
    case "validation":
      return replayValidation({ home: world, signal }, files, report);
    case "session":
      return replaySession({ home: world, signal }, files, report);
    case "cassette":
      return replayCassette({ home: world, signal }, files, report);
    default:
      return assertNever(level);
  }
};

const made = (target: ReplayGround["target"], files: ReplayGround["files"]): Promise<PatchReplay> => {
  const file = (name: string): Uint8Array => files.get(name) ?? new Uint8Array();
  return target.replayPatch({
    basePack: file("repo/base.pack"),
    baseCommitRaw: file("repo/base-commit.raw"),
    commitRaw: file("repo/commit.raw"),
    patch: file("patch.diff"),
  });
};

const patchAnswer = (ids: PatchReplay, { commit }: Report): ReplayAnswer => {
  const expected = { tree: commit?.tree ?? "none", commit: commit?.id ?? "none", base: commit?.base ?? "none" };
  const differences = (["tree", "commit", "base"] as const).flatMap((part): readonly Difference[] =>
    ids[part] === expected[part] ? [] : [difference(part, expected[part], ids[part])],
  );
  return { differences, notComparable: [], notes: [`by git ${ids.git}`] };
};

/** From the bundle alone the report is the source of what is drawn; in its own home it is drawn again itself. */
const renderAnswer = async (
  world: World | "none",
  files: ReplayGround["files"],
  report: Report,
): Promise<ReplayAnswer> => {
  const alone = replayRender(files, report);
  const again = world === "none" ? "unknown-here" : await redraw(world, files, report);
  return again === "unknown-here"
    ? { ...alone, notComparable: ["report.json itself: only the home that made the run can draw it again"] }
    : { differences: [...alone.differences, ...again], notComparable: [] };
};

const mediationIn = ({ backend }: Report): Mediation =>
  MEDIATIONS.find((known) => known === backend?.mediation.declared) ?? "none";
