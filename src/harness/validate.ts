import type { Program } from "../seams/host.ts";
import type { ConfinedStage, Ended, StageDescription } from "../seams/sandbox.ts";
import type { Check } from "../workflow/contract/checks.ts";
import { digestOf, type Digest } from "../workflow/digest.ts";
import { Failure } from "../workflow/failure.ts";
import type { Permit } from "../workflow/gate/permit.ts";
import type { Oid } from "../workflow/ids.ts";
import { timeText, type Instant } from "../workflow/instant.ts";
import { partOf, type Clearance } from "../workflow/policy/judge-changes.ts";
import { refusal, type Refusal } from "../workflow/refusal.ts";
import { ok, refuse, type Result } from "../workflow/result.ts";
import type { ProbeResult } from "../workflow/validation/criteria.ts";
import { countsOf, type ValidationRuns } from "../workflow/validation/judge-validation.ts";
import { isTestPath } from "../workflow/validation/test-paths.ts";
import type { ValidationRun } from "../workflow/validation/validation.ts";
import { stageData } from "./perform.ts";
import type { Recorder } from "./recorder.ts";
import type { World } from "./world.ts";

/** Everything that the Harness ran itself on the candidate and beside it. */
export interface Validated {
  readonly tree: Oid;
  readonly runs: ValidationRuns;
  readonly probes: readonly (ProbeResult & { readonly criterion: string; readonly output: string })[];
  readonly stages: readonly StageDescription[];
  readonly at: Instant;
}

/** The contract's command and the owner's probes, each in a fresh sandbox without network (R092 to R096). */
export const validate = async (
  world: World,
  permit: Permit,
  clearance: Clearance,
  checks: readonly Check[],
  recorder: Recorder,
): Promise<Result<Validated, Refusal>> => {
  const base = permit.admission.observation.tree;
  const tree = await world.target.writeTree(permit, clearance);
  const argv = permit.contract.validation.argv;
  const program = await world.host.findProgram(argv[0] ?? "", permit.authority.toolchains);
  if (program === undefined) return refuse(refusal("validation/program-absent", { program: argv[0] ?? "" }));

  const stages: StageDescription[] = [];
  const bench: Bench = { world, permit, recorder, stages };
  const run = (on: ValidationRun["on"], of: Oid): Promise<ValidationRun> => execute(bench, { on, tree: of, argv, program });
  const candidate = await run("candidate", tree);
  const onBase = await run("base", base);
  const tests = clearance.files.filter(({ path }) => isTestPath(path));
  const isMixed = tests.length > 0 && tests.length < clearance.files.length;
  const runs: ValidationRuns = {
    candidate,
    base: onBase,
    ...(isMixed
      ? {
          newTestsOnBase: await run("new-tests-on-base", await world.target.writeTree(permit, partOf(clearance, isTestPath))),
          baseTestsOnCandidate: await run(
            "base-tests-on-candidate",
            await world.target.writeTree(permit, partOf(clearance, (path) => !isTestPath(path))),
          ),
        }
      : {}),
  };
  const probes = [];
  for (const check of checks) probes.push(await probe(bench, check, { base, tree }));
  return ok({ tree, runs, probes, stages, at: world.clock.now() });
};

interface Bench {
  readonly world: World;
  readonly permit: Permit;
  readonly recorder: Recorder;
  readonly stages: StageDescription[];
}

const probe = async (
  bench: Bench,
  { criterion, argv, onBase }: Check,
  trees: { readonly base: Oid; readonly tree: Oid },
): Promise<Validated["probes"][number]> => {
  const program = await bench.world.host.findProgram(argv[0] ?? "", bench.permit.authority.toolchains);
  if (program === undefined)
    return { criterion, argv, onCandidate: null, onBase: null, baseExpected: onBase, output: `${argv[0]} is not in the sandbox` };
  const candidate = await execute(bench, { on: "candidate", tree: trees.tree, argv, program });
  const base = await execute(bench, { on: "base", tree: trees.base, argv, program });
  const output = new TextDecoder().decode(candidate.output);
  return { criterion, argv, onCandidate: candidate.exitCode, onBase: base.exitCode, baseExpected: onBase, output };
};

interface Execution {
  readonly on: ValidationRun["on"];
  readonly tree: Oid;
  readonly argv: readonly string[];
  readonly program: Program;
}

const execute = async (bench: Bench, { on, tree, argv, program }: Execution): Promise<ValidationRun> => {
  const { world, permit, recorder, stages } = bench;
  const { authority, contract } = permit;
  const workspace = await world.target.openWorkspace(permit, tree, "validation");
  const manifestBefore = await world.target.manifestOf(workspace);
  const started = world.clock.now().epochMs;
  recorder.record({
    type: "validation.started",
    subject: `validation/${on}`,
    trust: "harness-observed",
    data: { on, argv: [...argv], treeOid: tree, toolDigests: { [program.path]: program.digest } },
  });
  await recorder.flush();
  const stage = await world.sandbox.open({
    purpose: "validation",
    limits: authority.limits,
    workspace,
    writable: "nothing",
    masked: authority.secretPaths,
    readOnly: contract.forbiddenPaths,
    readOnlyHostPaths: authority.toolchains,
    files: [],
    uidBase: authority.uidBase,
  });
  stages.push(stage.description);
  recorder.record({ type: "sandbox.started", subject: "run", trust: "harness-observed", data: stageData(stage.description) });
  const { ended, output, outputBytes, outputDigest } = await runToEnd(stage, [program.path, ...argv.slice(1)], authority.limits.outputBytesMax);
  const report = await stage.close();
  if (!report.processTreeDead) throw new Failure("sandbox/broken", `${report.alive} processes of the validation are still alive.`);
  const manifestAfter = await world.target.manifestOf(workspace);
  await world.target.closeWorkspace(workspace);
  const limit = ended.limit ?? report.limit;
  const counts = countsOf({ argv, output });
  recorder.record({
    type: "validation.finished",
    subject: `validation/${on}`,
    trust: "harness-observed",
    data: { on, treeOid: tree, exitCode: ended.code, signal: ended.signal, limit, ms: ended.ms, logSha256: outputDigest, counts: counts && { ...counts } },
  });
  await recorder.flush();
  return {
    on,
    tree,
    argv,
    program,
    startedAt: timeText(started),
    durationMs: ended.ms,
    exitCode: ended.code,
    signal: ended.signal,
    output,
    outputBytes,
    outputDigest,
    manifestBefore,
    manifestAfter,
    ...(limit === undefined ? {} : { limit }),
    ...(counts === undefined ? {} : { counts }),
  };
};

const runToEnd = async (
  stage: ConfinedStage,
  argv: readonly string[],
  bytesMax: number,
): Promise<{ readonly ended: Ended; readonly output: Uint8Array; readonly outputBytes: number; readonly outputDigest: Digest }> => {
  const confined = await stage.start(argv, {});
  await confined.stdin.close();
  const kept: Uint8Array[] = [];
  let bytes = 0;
  let keptBytes = 0;
  const drain = async (stream: ReadableStream<Uint8Array>): Promise<void> => {
    for await (const chunk of stream) {
      bytes += chunk.length;
      if (keptBytes < bytesMax) {
        const part = chunk.slice(0, bytesMax - keptBytes);
        kept.push(part);
        keptBytes += part.length;
      }
    }
  };
  await Promise.all([drain(confined.stdout), drain(confined.stderr)]);
  const ended = await confined.ended;
  const output = new Uint8Array(Buffer.concat(kept));
  return { ended, output, outputBytes: bytes, outputDigest: digestOf(output) };
};
