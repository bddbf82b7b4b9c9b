import { textAt } from "../../workflow/backend/loose.ts";
import { canonicalJson } from "../../workflow/digest.ts";
import { difference, type Difference } from "../../workflow/evidence/replay-difference.ts";
import type { Report } from "../../workflow/evidence/schemas/report.ts";
import { Failure } from "../../workflow/failure.ts";
import type { Permit } from "../../workflow/gate/permit.ts";
import { parseOid } from "../../workflow/ids.ts";
import type { Refusal } from "../../workflow/refusal.ts";
import { ok, type Result } from "../../workflow/result.ts";
import type { ValidationRun } from "../../workflow/validation/validation.ts";
import { UNKEPT } from "../backend/unkept.ts";
import { execute } from "../validation/execute.ts";
import { openLanes } from "../validation/lanes.ts";
import type { World } from "../world.ts";
import { replayHome } from "./replay-home.ts";
import type { ReplayAnswer, ReplayRun } from "./replay.ts";

/** R2: the contract's command once more on a fresh checkout of the committed tree, in a sandbox without network. */
export const replayValidation = async (
  { home, signal }: ReplayRun,
  files: ReadonlyMap<string, Uint8Array>,
  report: Report,
): Promise<Result<ReplayAnswer, Refusal>> => {
  const ground = await replayHome(home, files, report, "validation");
  if (!ground.ok) return ground;
  const { world, permit } = ground.value;
  return world.inScratch(async (scratch) => ok(await again({ world: scratch, permit, signal }, report)));
};

interface Bench {
  readonly world: World;
  readonly permit: Permit;
  readonly signal: AbortSignal | undefined;
}

const again = async ({ world, permit, signal }: Bench, report: Report): Promise<ReplayAnswer> => {
  const was = report.validation.find(({ on }) => on === "candidate");
  const tree = parseOid(report.commit?.tree ?? "");
  // The command is the permit's: what a bundle says of it is only compared.
  const { argv } = permit.contract.validation;
  const program = await world.host.findProgram(argv[0] ?? "", permit.authority.toolchains);
  if (program === undefined)
    throw new Failure("target/tool-absent", `${argv[0] ?? "the command"} is not on the path of the sandbox here.`);
  if (was === undefined || tree === undefined) {
    const missing = difference("report.json, validation", "the run on the candidate and its tree", "none");
    return { differences: [missing], notComparable: [] };
  }
  const silent = { record: () => undefined, flush: () => Promise.resolve() };
  const now = await execute(
    {
      world,
      permit,
      recorder: silent,
      redactor: UNKEPT,
      stages: [],
      canaries: [],
      commands: openLanes(1),
      ...(signal === undefined ? {} : { signal }),
    },
    { on: "candidate", tree, argv, program },
  );
  return {
    differences: [...toolDifferences(report, now), ...outcomeDifferences(was, now)],
    notComparable: ["output bytes", "duration"],
    notes: [`${now.program.path} sha256 ${now.program.digest}`],
  };
};

/** Another interpreter is drift by itself: whatever came out of it, it is not the tool that the evidence tells of. */
const toolDifferences = ({ replay }: Report, { program }: ValidationRun): readonly Difference[] => {
  const recorded = replay.find(({ level }) => level === "validation")?.expected["program"];
  return [
    ...textDifference("tool, path", textAt(recorded, "path") ?? "none", program.path),
    ...textDifference(`tool ${program.path}, sha256`, textAt(recorded, "sha256") ?? "none", program.digest),
  ];
};

const outcomeDifferences = (was: Report["validation"][number], now: ValidationRun): readonly Difference[] => [
  ...textDifference("argv", JSON.stringify(was.argv), JSON.stringify(now.argv)),
  ...textDifference(
    "exit status",
    String(was.exitCode),
    now.limit === undefined ? String(now.exitCode) : `limit ${now.limit}`,
  ),
  ...textDifference("counts", canonicalJson(was.counts), canonicalJson(now.counts ?? null)),
  ...textDifference("tree after the command", now.manifestBefore, now.manifestAfter),
];

const textDifference = (where: string, expected: string, got: string): readonly Difference[] =>
  expected === got ? [] : [difference(where, expected, got)];
