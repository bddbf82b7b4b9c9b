import type { StageDescription } from "../seams/sandbox.ts";
import type { Check } from "../workflow/contract/checks.ts";
import type { Permit } from "../workflow/gate/permit.ts";
import type { Oid } from "../workflow/ids.ts";
import type { Instant } from "../workflow/instant.ts";
import { partOf, type Clearance } from "../workflow/policy/judge-changes.ts";
import { refusal, type Refusal } from "../workflow/refusal.ts";
import { ok, refuse, type Result } from "../workflow/result.ts";
import type { ProbeResult } from "../workflow/validation/criteria.ts";
import type { ValidationRuns } from "../workflow/validation/judge-validation.ts";
import { isTestPath } from "../workflow/validation/test-paths.ts";
import type { ValidationRun } from "../workflow/validation/validation.ts";
import type { PassedCanaries } from "../workflow/workspace/canary.ts";
import { execute, type ValidationBench } from "./execute.ts";
import type { Recorder } from "./recorder.ts";
import type { World } from "./world.ts";

/** Everything that the Harness ran itself on the candidate and beside it. */
export interface Validated {
  readonly tree: Oid;
  readonly runs: ValidationRuns;
  readonly probes: readonly (ProbeResult & { readonly criterion: string; readonly output: string })[];
  readonly stages: readonly StageDescription[];
  readonly canaries: readonly PassedCanaries[];
  readonly at: Instant;
}

/** The contract's command and the owner's probes, each in a fresh sandbox without network (R092 to R096). */
export const validate = async (
  world: World,
  permit: Permit,
  clearance: Clearance,
  checks: readonly Check[],
  recorder: Recorder,
  signal: AbortSignal,
): Promise<Result<Validated, Refusal>> => {
  const base = permit.admission.observation.tree;
  const tree = await world.target.writeTree(permit, clearance);
  const argv = permit.contract.validation.argv;
  const program = await world.host.findProgram(argv[0] ?? "", permit.authority.toolchains);
  if (program === undefined) return refuse(refusal("validation/program-absent", { program: argv[0] ?? "" }));

  const stages: StageDescription[] = [];
  const canaries: PassedCanaries[] = [];
  const bench: ValidationBench = { world, permit, recorder, stages, canaries, signal };
  const run = (on: ValidationRun["on"], of: Oid): Promise<ValidationRun> =>
    execute(bench, { on, tree: of, argv, program });
  // Two at a time: each has a sandbox and a workspace of its own, and none can see another.
  const [candidate, onBase] = await both(run("candidate", tree), run("base", base));
  const tests = clearance.files.filter(({ path }) => isTestPath(path));
  const isMixed = tests.length > 0 && tests.length < clearance.files.length;
  const runs: ValidationRuns = isMixed
    ? { candidate, base: onBase, ...(await crossed(bench, clearance, run)) }
    : { candidate, base: onBase };
  const probes = [];
  for (const check of checks) probes.push(await probe(bench, check, { base, tree }));
  return ok({ tree, runs, probes, stages, canaries, at: world.clock.now() });
};

/** The changed tests on the old sources, and the old tests on the changed sources (R095). */
const crossed = async (
  { world, permit }: ValidationBench,
  clearance: Clearance,
  run: (on: ValidationRun["on"], of: Oid) => Promise<ValidationRun>,
): Promise<Pick<ValidationRuns, "newTestsOnBase" | "baseTestsOnCandidate">> => {
  const isSource = (path: string): boolean => !isTestPath(path);
  const [testsOnly, sourcesOnly] = await both(
    world.target.writeTree(permit, partOf(clearance, isTestPath)),
    world.target.writeTree(permit, partOf(clearance, isSource)),
  );
  const [newTestsOnBase, baseTestsOnCandidate] = await both(
    run("new-tests-on-base", testsOnly),
    run("base-tests-on-candidate", sourcesOnly),
  );
  return { newTestsOnBase, baseTestsOnCandidate };
};

// When one is broken off, the other one's sandbox is dead too before the run goes on.
const both = async <T>(...ran: readonly [Promise<T>, Promise<T>]): Promise<readonly [T, T]> => {
  await Promise.allSettled(ran);
  return Promise.all(ran);
};

const probe = async (
  bench: ValidationBench,
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
  const [candidate, base] = await Promise.all([
    execute(bench, { on: "candidate", tree: trees.tree, argv, program }),
    execute(bench, { on: "base", tree: trees.base, argv, program }),
  ]);
  const output = new TextDecoder().decode(candidate.output);
  const spoiled = [candidate, base].map(spoilOf).find((why) => why !== undefined);
  const exits = { onCandidate: candidate.exitCode, onBase: base.exitCode };
  return { criterion, argv, ...exits, baseExpected: onBase, output, ...(spoiled === undefined ? {} : { spoiled }) };
};

const spoilOf = ({ limit, manifestBefore, manifestAfter }: ValidationRun): string | undefined => {
  if (limit !== undefined) return `the limit ${limit} ended it`;
  return manifestBefore === manifestAfter ? undefined : "it changed the tree";
};
