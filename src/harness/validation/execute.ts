import type { Program } from "../../seams/host.ts";
import type { ConfinedStage, Ended, StageDescription } from "../../seams/sandbox.ts";
import { digestOf, type Digest } from "../../workflow/digest.ts";
import { Failure } from "../../workflow/failure.ts";
import type { Oid } from "../../workflow/ids.ts";
import { timeText } from "../../workflow/instant.ts";
import { countsOf } from "../../workflow/validation/judge-validation.ts";
import type { ValidationRun } from "../../workflow/validation/validation.ts";
import type { PassedCanaries } from "../../workflow/workspace/canary.ts";
import type { Redactor } from "../backend/redactor.ts";
import type { Recorder } from "../run/recorder.ts";
import type { StageGround } from "../workspace/agent-stage.ts";
import { canaryGround, isConfined, passCanaries } from "../workspace/canaries.ts";
import { closingAfter, stageData } from "../workspace/stage-data.ts";
import type { World } from "../world.ts";
import type { Lanes } from "./lanes.ts";

/** What every execution of a validation shares. */
export interface ValidationBench {
  readonly world: World;
  /** Of a permit what a sandbox over the target needs: one that is made to try a packet has no more. */
  readonly permit: StageGround;
  readonly recorder: Pick<Recorder, "record" | "flush">;
  readonly redactor: Pick<Redactor, "openBytes" | "learn">;
  readonly stages: StageDescription[];
  readonly canaries: PassedCanaries[];
  /** In which the commands run; all else of several executions goes on side by side. */
  readonly commands: Lanes;
  /** Ends the execution at once, where a run can be stopped. */
  readonly signal?: AbortSignal;
}

export interface Execution {
  readonly on: ValidationRun["on"];
  readonly tree: Oid;
  readonly argv: readonly string[];
  readonly program: Program;
}

/** One command over one tree in a fresh sandbox without network; nothing is judged here. */
export const execute = async (
  bench: ValidationBench,
  { on, tree, argv, program }: Execution,
): Promise<ValidationRun> => {
  const { world, permit, recorder, redactor, stages, signal } = bench;
  const { authority, contract } = permit;
  signal?.throwIfAborted();
  const workspace = await world.target.openWorkspace(permit, tree, "validation");
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
    confinement: permit.confinement,
    relay: undefined,
    tunnel: undefined,
    limits: authority.limits,
    workspace,
    checkout: (owner, use) => world.target.checkout(permit, workspace, owner, use),
    writable: "nothing",
    masked: authority.secretPaths,
    readOnly: contract.forbiddenPaths,
    readOnlyHostPaths: authority.toolchains,
    files: [],
    uidBase: authority.uidBase,
  });
  const sandbox = stages.push(stage.description) - 1;
  recorder.record({
    type: "sandbox.started",
    subject: "run",
    trust: "harness-observed",
    data: stageData(stage.description),
  });
  await recorder.flush();
  const end = (): void => void stage.quiet();
  const place = { stage, sandbox, ground: canaryGround(world, permit.admission.observation.realPath, undefined) };
  let before: PassedCanaries;
  let manifestBefore: Digest;
  let ran: Ran;
  try {
    before = await passCanaries(place, "before", recorder, redactor);
    bench.canaries.push(before);
    manifestBefore = await world.target.manifestOf(stage.files);
    signal?.throwIfAborted();
    signal?.addEventListener("abort", end);
    ran = isConfined([before])
      ? await bench.commands(() =>
          runToEnd(stage, [program.path, ...argv.slice(1)], authority.limits.outputBytesMax, redactor),
        )
      : NOTHING_RAN;
  } finally {
    signal?.removeEventListener("abort", end);
    await stage.quiet();
  }
  const { ended, output, outputBytes, outputDigest } = ran;
  const report = await stage.quiet();
  if (!report.processTreeDead)
    throw new Failure("sandbox/broken", `${report.alive} processes of the validation are still alive.`);
  const readAndPass = async (): Promise<Digest> => {
    const manifest = await world.target.manifestOf(stage.files);
    if (isConfined([before]) && signal?.aborted !== true)
      bench.canaries.push(await passCanaries(place, "after", recorder, redactor));
    return manifest;
  };
  const manifestAfter = await closingAfter(stage, readAndPass());
  await world.target.closeWorkspace(workspace);
  signal?.throwIfAborted();
  const limit = ended.limit ?? report.limit;
  const counts = countsOf({ argv, output });
  recorder.record({
    type: "validation.finished",
    subject: `validation/${on}`,
    trust: "harness-observed",
    data: {
      on,
      treeOid: tree,
      exitCode: ended.code,
      signal: ended.signal,
      limit,
      ms: Math.round(ended.ms),
      logSha256: outputDigest,
      counts: counts && { ...counts },
    },
  });
  await recorder.flush();
  return {
    on,
    tree,
    argv,
    program,
    startedAt: timeText(started),
    durationMs: Math.round(ended.ms),
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

interface Ran {
  readonly ended: Ended;
  readonly output: Uint8Array;
  readonly outputBytes: number;
  readonly outputDigest: Digest;
}

const NOTHING_RAN: Ran = {
  ended: { code: null, signal: null, ms: 0 },
  output: new Uint8Array(),
  outputBytes: 0,
  outputDigest: digestOf(""),
};

const runToEnd = async (
  stage: ConfinedStage,
  argv: readonly string[],
  bytesMax: number,
  redactor: ValidationBench["redactor"],
): Promise<Ran> => {
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
  const output = redacted(Buffer.concat(kept), bytes > keptBytes ? "cut" : "whole", redactor);
  return { ended, output, outputBytes: bytes, outputDigest: digestOf(output) };
};

/** What was printed, without secrets: nothing after this sees them. Of output that was cut the last beginning is left out. */
const redacted = (output: Buffer, rest: "cut" | "whole", redactor: ValidationBench["redactor"]): Uint8Array => {
  const stream = redactor.openBytes("test.log");
  const text = stream.push(output.toString("latin1"));
  return new Uint8Array(Buffer.from(rest === "cut" ? text : text + stream.end(), "latin1"));
};
