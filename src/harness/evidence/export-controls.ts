import type { RunRow } from "../../seams/store.ts";
import {
  exportedFramework,
  EXPORT_NOT_CLAIMED,
  type ExportReport,
} from "../../workflow/evidence/controls/export-report.ts";
import { FRAMEWORK_IDS, FRAMEWORKS, type FrameworkId } from "../../workflow/evidence/controls/frameworks.ts";
import { judgeControl, type JudgedControl } from "../../workflow/evidence/controls/judge-control.ts";
import { judgePopulation, type PopulationRow } from "../../workflow/evidence/controls/population.ts";
import { verifyBundle } from "../../workflow/evidence/verify/verify.ts";
import type { LedgerRecord } from "../../workflow/ledger.ts";
import type { SourceDocument } from "../../workflow/packet/packet.ts";
import type { Refusal } from "../../workflow/refusal.ts";
import { ok, type Result } from "../../workflow/result.ts";
import { readTrustRoot } from "../../workflow/trust-root.ts";
import { readAudit } from "../home/read-audit.ts";
import { REVOKED_PATH, SIGNERS_PATH } from "../home/read-facts.ts";
import type { World } from "../world.ts";
import { readReport } from "./read-report.ts";
import { contentOf } from "./verify-folder.ts";

/** A file that goes into the tar of an export, as it was when it was judged. */
interface ExportedFile {
  readonly run: RunRow["run"];
  readonly name: string;
  readonly size: number;
  readonly sha256: string;
}

export interface Exported {
  readonly report: ExportReport;
  readonly files: readonly ExportedFile[];
}

/** Every run of this home, verified, and what its evidence comes to for each control. Changes nothing (R138, R143). */
export const exportControls = async (world: World, only: FrameworkId | "all"): Promise<Result<Exported, Refusal>> => {
  const signers = await world.home.read(SIGNERS_PATH);
  const revoked = await world.home.read(REVOKED_PATH);
  const [{ head, runs: numbered }, leaves] = [await world.store.raw(), await world.store.leaves(0)];
  const trust = readTrustRoot(signers, revoked);
  if (!trust.ok) return trust;
  const audit = await readAudit(world, trust.value);
  const frameworks = FRAMEWORK_IDS.filter((id) => only === "all" || id === only).map((id) => FRAMEWORKS[id]);
  const controls = frameworks.flatMap((framework) => framework.controls);

  const population: PopulationRow[] = [];
  const judged = new Map<string, readonly JudgedControl[]>();
  const files: ExportedFile[] = [];
  const rows = [...(await world.store.runs({}))].sort((a, b) => a.runNo - b.runNo);
  for (const row of rows) {
    const own = leaves.filter(({ run }) => run === row.run);
    const read = await readSealed(world, row, { signers, revoked });
    const outcome = outcomeIn(own);
    population.push({
      runNo: row.runNo,
      run: row.run,
      work: row.work,
      kind: row.kind,
      orderedAt: row.orderedAt,
      ending: row.ending ?? (world.isAlive(row.holder) ? "open" : "interrupted"),
      sealed: own.find(({ type }) => type === "run.sealed")?.digests?.["sums"] ?? null,
      verify: read === "no-bundle" ? "no bundle" : read.verdict,
      identity: read === "no-bundle" ? "no approval" : (read.report?.approval?.identity ?? "no approval"),
      outcome,
    });
    if (read === "no-bundle") continue;
    files.push(...read.files);
    if (read.report === undefined) continue;
    const view = { report: read.report, checks: read.checks, digests: read.digests, json: read.json, outcome };
    judged.set(
      row.run,
      controls.map((control) => judgeControl(control, view, read.verdict === "PASS")),
    );
  }
  const strangers = (await world.archive.sealedRuns()).filter((run) => !numbered.some((one) => one.run === run));
  const verdicts = judgePopulation(population, head.runNo);
  const alarms = [
    ...verdicts.alarms,
    ...strangers.map((run) => `the bundle of ${run} is here, and the ledger knows no such run`),
    ...(audit.verdict === "FAIL"
      ? [`the ledger does not hold: ${[...new Set(audit.alarms.map(({ code }) => code))].join(", ")}`]
      : []),
  ];
  return ok({
    files,
    report: {
      schema: "cto/control-export/v1",
      harness: world.build.version,
      ledger: audit.checkpoint,
      verdicts: { ...verdicts, completeness: alarms.length === 0 ? "PASS" : "FAIL", alarms },
      population,
      frameworks: frameworks.map((framework) => exportedFramework(framework, judged)),
      notClaimed: EXPORT_NOT_CLAIMED,
    },
  });
};

const outcomeIn = (own: readonly LedgerRecord[]): PopulationRow["outcome"] => {
  if (own.some(({ type }) => type === "outcome.accepted")) return "accepted";
  return own.some(({ type }) => type === "outcome.rejected") ? "rejected" : "none";
};

type SealedRead = Pick<Parameters<typeof judgeControl>[1], "checks" | "digests" | "json"> & {
  readonly verdict: Exclude<PopulationRow["verify"], "no bundle">;
  readonly report: ReturnType<typeof readReport>;
  readonly files: readonly ExportedFile[];
};

const readSealed = async (
  world: World,
  row: RunRow,
  { signers, revoked }: Readonly<Record<"signers" | "revoked", SourceDocument | "absent">>,
): Promise<SealedRead | "no-bundle"> => {
  const bundle = await world.archive.open({ run: row.run });
  if (bundle === "absent") return "no-bundle";
  const trust =
    signers === "absent"
      ? "none"
      : { allowedSigners: signers.bytes, ...(revoked === "absent" ? {} : { revokedKeys: revoked.bytes }) };
  const { verdict, checks } = await verifyBundle(contentOf(bundle), bundle.odd, trust, world.verifyTools);
  const files: ExportedFile[] = [];
  for (const [name, file] of contentOf(bundle)) {
    const isHeld = file instanceof Uint8Array;
    const sha256 = Buffer.from(isHeld ? await world.verifyTools.sha256(file) : file.sha256).toString("hex");
    files.push({ run: row.run, name, size: isHeld ? file.length : file.size, sha256 });
  }
  return {
    verdict,
    checks,
    files,
    report: readReport(bundle.files),
    digests: new Map(files.map(({ name, sha256 }) => [name, sha256])),
    json: (name) => jsonIn(bundle.files.get(name)),
  };
};

const jsonIn = (bytes: Uint8Array | undefined): unknown => {
  try {
    return bytes === undefined ? undefined : JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
};
