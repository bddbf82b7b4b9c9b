import type { Finding } from "../finding.ts";
import { refusal, type Refusal } from "../refusal.ts";
import { unless, type Result } from "../result.ts";
import { probeHolds, probeSays, type ProbeResult } from "./criteria.ts";
import { countTests, runnerOf, totalOf } from "./test-counts.ts";
import type { PassedValidation, TestCounts, ValidationRun } from "./validation.ts";

/** Every run of the command that was made; only the first decides, the others are proofs about the tests (R094, R095). */
export interface ValidationRuns {
  readonly candidate: ValidationRun;
  readonly base: ValidationRun;
  /** The changed tests on the sources as they were: expected to fail. Absent where the change has no tests or only tests. */
  readonly newTestsOnBase?: ValidationRun;
  /** The tests as they were on the changed sources: expected to pass. */
  readonly baseTestsOnCandidate?: ValidationRun;
}

/** A probe of the owner's, and the criterion that it is bound to. */
export interface BoundProbe extends ProbeResult {
  readonly criterion: string;
}

/** Passed, or every reason why not (R092 to R096). What the owner's own probes show to be undone is never committed. */
export const judgeValidation = ({
  runs,
  probes,
}: {
  readonly runs: ValidationRuns;
  readonly probes: readonly BoundProbe[];
}): Result<PassedValidation, Refusal> =>
  unless([...objections(runs.candidate), ...failedProbes(probes)], () => {
    const { candidate } = runs;
    const passed = {
      tree: candidate.tree,
      exitCode: 0,
      durationMs: candidate.durationMs,
      findings: [...findings(runs)],
      ...(candidate.counts === undefined ? {} : { counts: candidate.counts }),
    };
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the one place a PassedValidation is made
    return passed as unknown as PassedValidation;
  });

/** The counts of a finished run, from its output. */
export const countsOf = (run: Pick<ValidationRun, "argv" | "output">): TestCounts | undefined =>
  countTests(run.argv, new TextDecoder().decode(run.output));

function* objections(run: ValidationRun): Iterable<Refusal> {
  if (run.limit !== undefined) yield refusal("validation/limit-reached", { limit: run.limit });
  else if (run.exitCode === 5 && runnerOf(run.argv) === "pytest")
    yield refusal("validation/no-test-ran", { says: "pytest exit 5" });
  else if (run.exitCode !== 0)
    yield refusal("validation/failed", {
      exit: run.exitCode === null ? `signal ${run.signal}` : `exit ${run.exitCode}`,
    });
  else if (runnerOf(run.argv) !== undefined && (run.counts === undefined || totalOf(run.counts) === 0))
    yield refusal("validation/no-test-ran", {
      says: run.counts === undefined ? "the runner printed no count" : "it counted none",
    });
  if (run.manifestBefore !== run.manifestAfter) yield refusal("validation/tree-changed", {});
}

function* failedProbes(probes: readonly BoundProbe[]): Iterable<Refusal> {
  for (const probe of probes)
    if (!probeHolds(probe))
      yield refusal("validation/probe-failed", { criterion: probe.criterion, says: probeSays(probe) });
}

function* findings({ candidate, base, newTestsOnBase, baseTestsOnCandidate }: ValidationRuns): Iterable<Finding> {
  if (candidate.counts === undefined)
    yield {
      code: "validation/not-counted",
      says: "The runner is not one whose counts are read: only its exit status is known.",
    };
  if (base.exitCode !== 0)
    yield {
      code: "validation/base-fails",
      says: `The command did not pass on the base either (${base.exitCode ?? base.signal}).`,
    };
  yield* weakened(base.counts, candidate.counts);
  if (newTestsOnBase?.exitCode === 0)
    yield {
      code: "validation/not-proved",
      says: "The changed tests pass on the unchanged sources too: they prove nothing about the change.",
    };
  if (baseTestsOnCandidate !== undefined && baseTestsOnCandidate.exitCode !== 0)
    yield { code: "validation/old-tests-fail", says: "The tests as they were fail on the changed sources." };
}

function* weakened(base: TestCounts | undefined, candidate: TestCounts | undefined): Iterable<Finding> {
  if (base === undefined || candidate === undefined) return;
  const [before, now] = [totalOf(base), totalOf(candidate)];
  if (now < before)
    yield { code: "validation/tests-weakened", says: `${now} tests ran, ${before} did before the change.` };
  if (candidate.skipped > base.skipped)
    yield {
      code: "validation/tests-weakened",
      says: `${candidate.skipped} tests are skipped, ${base.skipped} were before the change.`,
    };
}
