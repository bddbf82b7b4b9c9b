import { parseDigest } from "../../workflow/digest.ts";
import { bundleFiles } from "../../workflow/evidence/bundle-files.ts";
import type { Difference } from "../../workflow/evidence/replay-difference.ts";
import { comparedFiles } from "../../workflow/evidence/replay-render.ts";
import type { RunRecord } from "../../workflow/evidence/run-record.ts";
import { freshnessSchema, type FreshnessProof } from "../../workflow/evidence/schemas/freshness.ts";
import type { Report } from "../../workflow/evidence/schemas/report.ts";
import { parseRunId } from "../../workflow/ids.ts";
import { openRedactor } from "../backend/redactor.ts";
import { outputsOf, type Left } from "../run/bench.ts";
import { recordedStep } from "../run/recorded-run.ts";
import type { World } from "../world.ts";
import { drawRedacted, type StepOutputs } from "./draw-record.ts";
import { withEnding } from "./seal-run.ts";

/** Of the files that are drawn, those that a reader is shown or a proof rests on. */
const DRAWN = [
  "report.json",
  "report.md",
  "control-surface.json",
  "findings.sarif.json",
  "events.normalized.jsonl",
  "trace.jsonl",
  "test.log",
  "freshness-proof.json",
  "stage5-owned-repo-proof.json",
  "confinement-proof.json",
];

/**
 * R3 where the ledger knows the run: every drawn file once more, from what the steps left and the facts that were recorded.
 * Build and host are those that the evidence names, so that another machine draws the same.
 */
export const redraw = async (
  world: World,
  files: ReadonlyMap<string, Uint8Array>,
  report: Report,
): Promise<readonly Difference[] | "unknown-here"> => {
  const run = parseRunId(report.run);
  const row = run === undefined ? "absent" : await world.store.run(run);
  const left = run === undefined ? undefined : await recordedLeft(world, run);
  if (row === "absent" || left === undefined) return "unknown-here";
  const lines = await world.store.facts(row.run);
  const given = new Map(
    report.files.flatMap(({ file }) => (files.has(file) ? [[file, files.get(file) ?? NOTHING]] : [])),
  );
  const then = asThen(world, files, report);
  // By the secrets that the run met: what is drawn now keeps nothing.
  const redactor = await openRedactor(world, row.run, "look");
  const draw = (outputs: StepOutputs): RunRecord => drawRedacted(then, row, outputs, lines, redactor, NO_KEYS);
  const drawn = bundleFiles(draw(withEnding(draw, outputsOf(left), given)), given);
  return comparedFiles(new Map([...drawn].filter(([name]) => DRAWN.includes(name))), files);
};

const NOTHING = new Uint8Array();

// Keys stand in bundle.json only, which is not compared: what is drawn again is signed by nobody.
const NO_KEYS = { harness: "", verifier: "" };

/** A run that was broken off before its gate or its proof was recorded left nothing to draw from. */
const recordedLeft = async (world: World, run: Parameters<typeof recordedStep>[1]): Promise<Left | undefined> => {
  const [gate, performed, validated, committed, proven] = await Promise.all([
    recordedStep<Left["gate"]>(world, run, "gate"),
    recordedStep<NonNullable<Left["performed"]>>(world, run, "backend"),
    recordedStep<NonNullable<Left["validated"]>>(world, run, "validation"),
    recordedStep<NonNullable<Left["committed"]>>(world, run, "commit"),
    recordedStep<Left["proven"]>(world, run, "proof"),
  ]);
  return gate === undefined || proven === undefined ? undefined : { gate, performed, validated, committed, proven };
};

const asThen = (world: World, files: ReadonlyMap<string, Uint8Array>, { harness }: Report): World => {
  const host = hostIn(files.get("freshness-proof.json"));
  const build = { version: harness.version, digest: parseDigest(harness.buildSha256) ?? world.build.digest };
  if (host === undefined) return { ...world, build };
  const facts = { ...world.facts, hostId: host.hostId, kernel: host.kernel, loginuid: host.loginuid };
  return { ...world, build, facts, operator: { ...world.operator, uid: host.uid } };
};

const hostIn = (bytes: Uint8Array | undefined): FreshnessProof["host"] | undefined => {
  try {
    const read = freshnessSchema.safeParse(JSON.parse(new TextDecoder().decode(bytes)));
    return read.success ? read.data.host : undefined;
  } catch {
    return undefined;
  }
};
