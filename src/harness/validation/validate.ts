import type { StageDescription } from "../../seams/sandbox.ts";
import type { Check } from "../../workflow/contract/checks.ts";
import type { Permit } from "../../workflow/gate/permit.ts";
import type { Oid } from "../../workflow/ids.ts";
import type { Instant } from "../../workflow/instant.ts";
import { LIMITS } from "../../workflow/limits.ts";
import { partOf, type Clearance } from "../../workflow/policy/judge-changes.ts";
import { refusal, type Refusal } from "../../workflow/refusal.ts";
import { ok, refuse, type Result } from "../../workflow/result.ts";
import type { BoundProbe, ValidationRuns } from "../../workflow/validation/judge-validation.ts";
import { isTestPath } from "../../workflow/validation/test-paths.ts";
import type { ValidationRun } from "../../workflow/validation/validation.ts";
import type { PassedCanaries } from "../../workflow/workspace/canary.ts";
import type { Performance } from "../backend/perform.ts";
import type { World } from "../world.ts";
import { execute, type Execution, type ValidationBench } from "./execute.ts";
import { openLanes } from "./lanes.ts";

/** Everything that the Harness ran itself on the candidate and beside it. */
export interface Validated {
  readonly tree: Oid;
  readonly runs: ValidationRuns;
  readonly probes: readonly (BoundProbe & { readonly output: string })[];
  readonly stages: readonly StageDescription[];
  readonly canaries: readonly PassedCanaries[];
  readonly at: Instant;
}

/** The contract's command and the owner's probes, each in a fresh sandbox without network (R092 to R096). */
export const validate = async (
  { world, permit, recorder, redactor, signal }: Omit<Performance, "performance">,
  clearance: Clearance,
  checks: readonly Check[],
): Promise<Result<Validated, Refusal>> => {
  const base = permit.admission.observation.tree;
  const tree = await world.target.writeTree(permit, clearance);
  const argv = permit.contract.validation.argv;
  const program = await world.host.findProgram(argv[0] ?? "", permit.authority.toolchains);
  if (program === undefined) return refuse(refusal("validation/program-absent", { program: argv[0] ?? "" }));

  const stages: StageDescription[] = [];
  const canaries: PassedCanaries[] = [];
  const commands = openLanes(LIMITS.validationCommandsMax);
  const bench: ValidationBench = { world, permit, recorder, redactor, stages, canaries, commands, signal };
  const stageLanes = openLanes(LIMITS.validationStagesMax);
  const executed = (execution: Execution): Promise<ValidationRun> => stageLanes(() => execute(bench, execution));
  const run = (on: ValidationRun["on"], of: Oid): Promise<ValidationRun> => executed({ on, tree: of, argv, program });
  const mixed = await mixedTrees(world, permit, clearance);
  // Each has a sandbox and a workspace of its own, and none can see another.
  const [candidate, onBase, crossed, probes] = await together(
    run("candidate", tree),
    run("base", base),
    mixed === undefined ? Promise.resolve({}) : runCrossed(run, mixed),
    together(...checks.map((check) => probe(bench, executed, check, { base, tree }))),
  );
  return ok({ tree, runs: { candidate, base: onBase, ...crossed }, probes, stages, canaries, at: world.clock.now() });
};

interface MixedTrees {
  readonly testsOnly: Oid;
  readonly sourcesOnly: Oid;
}

/** The changed tests on the old sources, and the old tests on the changed sources; undefined where only one kind changed. */
const mixedTrees = async (world: World, permit: Permit, clearance: Clearance): Promise<MixedTrees | undefined> => {
  const tests = clearance.files.filter(({ path }) => isTestPath(path));
  if (tests.length === 0 || tests.length === clearance.files.length) return undefined;
  const isSource = (path: string): boolean => !isTestPath(path);
  const [testsOnly, sourcesOnly] = await together(
    world.target.writeTree(permit, partOf(clearance, isTestPath)),
    world.target.writeTree(permit, partOf(clearance, isSource)),
  );
  return { testsOnly, sourcesOnly };
};

/** New tests should fail on the old sources, old tests pass on the new ones (R095). */
const runCrossed = async (
  run: (on: ValidationRun["on"], of: Oid) => Promise<ValidationRun>,
  { testsOnly, sourcesOnly }: MixedTrees,
): Promise<Pick<ValidationRuns, "newTestsOnBase" | "baseTestsOnCandidate">> => {
  const [newTestsOnBase, baseTestsOnCandidate] = await together(
    run("new-tests-on-base", testsOnly),
    run("base-tests-on-candidate", sourcesOnly),
  );
  return { newTestsOnBase, baseTestsOnCandidate };
};

// When one is broken off, the sandboxes of the others are dead too before the run goes on.
const together = async <T extends readonly Promise<unknown>[]>(
  ...ran: T
): Promise<{ -readonly [at in keyof T]: Awaited<T[at]> }> => {
  await Promise.allSettled(ran);
  return Promise.all(ran);
};

const probe = async (
  bench: ValidationBench,
  executed: (execution: Execution) => Promise<ValidationRun>,
  { criterion, argv, onBase }: Check,
  trees: { readonly base: Oid; readonly tree: Oid },
): Promise<Validated["probes"][number]> => {
  const program = await bench.world.host.findProgram(argv[0] ?? "", bench.permit.authority.toolchains);
  if (program === undefined)
    return {
      criterion,
      argv,
      onCandidate: null,
      onBase: null,
      baseExpected: onBase,
      output: `${argv[0]} is not in the sandbox`,
    };
  const [candidate, base] = await together(
    executed({ on: "candidate", tree: trees.tree, argv, program }),
    executed({ on: "base", tree: trees.base, argv, program }),
  );
  const output = new TextDecoder().decode(candidate.output);
  const spoiled = [candidate, base].map(spoilOf).find((why) => why !== undefined);
  const exits = { onCandidate: candidate.exitCode, onBase: base.exitCode };
  return { criterion, argv, ...exits, baseExpected: onBase, output, ...(spoiled === undefined ? {} : { spoiled }) };
};

const spoilOf = ({ limit, manifestBefore, manifestAfter }: ValidationRun): string | undefined => {
  if (limit !== undefined) return `the limit ${limit} ended it`;
  return manifestBefore === manifestAfter ? undefined : "it changed the tree";
};
