import { runId } from "../../workflow/ids.ts";
import { refusal, type Refusal } from "../../workflow/refusal.ts";
import { ok, refusalsOf, type Result } from "../../workflow/result.ts";
import type { ValidationRun } from "../../workflow/validation/validation.ts";
import { UNKEPT } from "../backend/unkept.ts";
import type { Drawn } from "../home/documents.ts";
import { factsOf, refuseAll } from "../home/read-facts.ts";
import { isConfined } from "../workspace/canaries.ts";
import { confinedHere } from "../workspace/confined-here.ts";
import type { World } from "../world.ts";
import { execute, type ValidationBench } from "./execute.ts";
import { openLanes } from "./lanes.ts";

/** The validation of a contract on the untouched target, as a run would do it. Nothing of it is recorded. */
export const runBaseline = async (
  world: World,
  drawn: Drawn,
  signal: AbortSignal,
): Promise<Result<ValidationRun | "not-confined", Refusal>> => {
  const { authority, admission } = await factsOf(world, ok(drawn));
  if (!authority.ok || !admission.ok) return refuseAll([authority, admission].flatMap(refusalsOf));
  const { contract } = drawn;
  const { argv } = contract.validation;
  const program = await world.host.findProgram(argv[0] ?? "", authority.value.toolchains);
  if (program === undefined) return refuseAll([refusal("validation/program-absent", { program: argv[0] ?? "" })]);
  const bench: ValidationBench = {
    world,
    // No run has this number.
    permit: {
      run: runId(contract.workItem, 0),
      contract,
      authority: authority.value,
      admission: admission.value,
      confinement: await confinedHere(world),
    },
    recorder: { record: () => undefined, flush: () => Promise.resolve() },
    redactor: UNKEPT,
    stages: [],
    canaries: [],
    commands: openLanes(1),
    signal,
  };
  const ran = await execute(bench, { on: "base", tree: admission.value.observation.tree, argv, program });
  return ok(isConfined(bench.canaries) ? ran : "not-confined");
};
