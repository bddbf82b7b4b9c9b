import type { RunRow, Store } from "../../seams/store.ts";
import { contractText } from "../../workflow/contract/contract.ts";
import { causeOf } from "../../workflow/contract/fold-work.ts";
import { ruleOf } from "../../workflow/contract/work-item.ts";
import type { Digest } from "../../workflow/digest.ts";
import { bundleFiles, judgedCriteria } from "../../workflow/evidence/bundle-files.ts";
import { rowOf } from "../../workflow/evidence/bundle-table.ts";
import type { Files } from "../../workflow/evidence/bundle.ts";
import type { RunRecord } from "../../workflow/evidence/run-record.ts";
import { Failure } from "../../workflow/failure.ts";
import { jsonText } from "../../workflow/json-text.ts";
import type { LedgerEntry } from "../../workflow/ledger.ts";
import type { SourceDocument } from "../../workflow/packet/packet.ts";
import type { CriterionResult } from "../../workflow/validation/criteria.ts";
import type { Redactor } from "../backend/redactor.ts";
import type { Proven } from "../commit/prove-run.ts";
import { SIGNERS_PATH } from "../home/read-facts.ts";
import type { Ending } from "../run-workflow.ts";
import { findFact, redactionEvent, type Recorder } from "../run/recorder.ts";
import type { World } from "../world.ts";
import { drawRedacted, type StepOutputs } from "./draw-record.ts";
import { pushSealed } from "./push-sealed.ts";
import { recordEnd, recordOnce } from "./record-seal.ts";
import { signBundle } from "./sign-bundle.ts";
import { verifyFolder } from "./verify-folder.ts";

interface Sealing {
  readonly world: World;
  readonly row: RunRow;
  readonly recorder: Recorder;
  readonly redactor: Redactor;
}

/** Ends the log, draws every file, writes and verifies the folder, and renames it into place; again: the same bytes. */
export const sealRun = async (
  { world, row, recorder, redactor }: Sealing,
  steps: StepOutputs,
): Promise<{ readonly ending: Ending; readonly sums: Digest }> => {
  const { given, withheld } = await givenFiles(world, row, steps, redactor);
  const keys = await publicKeys(world);
  const draw = (outputs: StepOutputs): RunRecord => drawRedacted(world, row, outputs, recorder.lines(), redactor, keys);
  const outputs = withEnding(draw, steps, given);
  const { ending } = outputs.proven;
  await finish({ world, row, recorder, redactor }, outputs.proven);
  // What the ledger has not recorded is sealed nowhere; so no bucket is asked for a run on its ordinary way.
  const isRecorded = (await world.store.seals(row.run)).length > 0;
  if (!isRecorded || !(await world.archive.isSealed(row.run))) {
    const { summary } = await runIn(world.store, row);
    const ended = new Map([...given, ["events.checkpoint", new TextEncoder().encode(jsonText(summary[CHECKPOINT]))]]);
    const record = draw(outputs);
    const trust = await world.home.read(SIGNERS_PATH);
    const files = await signBundle(world, record, bundleFiles(record, ended, withheld), trust);
    mustHoldNoSecret(row, files, redactor);
    await writeFolder(world, row, files, recorder);
    for (const [name, bytes] of await recordOnce(world, recorder, { row, ending, files }))
      await world.archive.put(row.run, name, bytes);
    await verifyAsStranger(world, row, trust);
  }
  const sums = await world.archive.seal(row.run);
  await recordEnd(recorder, row, ending);
  await world.target.forgetRun(row.run);
  await pushSealed(world, row.run);
  return { ending, sums };
};

/** The outputs with the ending that the evidence tells: what it proves too little of takes an awaited outcome back. */
export const withEnding = (
  draw: (outputs: StepOutputs) => RunRecord,
  steps: StepOutputs,
  given: ReadonlyMap<string, Uint8Array>,
): StepOutputs => {
  const criteria = judgedCriteria(draw(steps), given);
  return { ...steps, proven: { ...steps.proven, ending: withCriteria(steps.proven.ending, criteria) } };
};

/** The member of a run's summary that holds the signed checkpoint over its whole log. */
const CHECKPOINT = "eventsCheckpoint";

const runIn = async (store: Pick<Store, "run">, { run }: RunRow): Promise<RunRow> => {
  const row = await store.run(run);
  if (row === "absent") throw new TypeError(`${run} has no row`);
  return row;
};

// A commit whose machine criteria are not all proven awaits no outcome: the owner sees an interrupted run (W10).
const withCriteria = (ending: Ending, criteria: readonly CriterionResult[]): Ending => {
  const open = criteria.filter(({ status }) => status === "not-proven");
  if (ending.kind !== "awaiting_outcome" || open.length === 0) return ending;
  const message = open.map(({ id, says }) => `${id}: ${says}`).join("; ");
  return { ...ending, kind: "interrupted", failure: { code: "evidence/unproven", message } };
};

/** Nothing is edited any more: a secret that is left is ours to explain (evidence.md 7.2, step 3). */
const mustHoldNoSecret = (row: RunRow, files: ReadonlyMap<string, Uint8Array>, redactor: Redactor): void => {
  const left = [...files].flatMap(([file, bytes]) => redactor.leftIn(bytes).map(({ rule }) => `${file} (${rule})`));
  if (left.length > 0)
    throw new Failure("evidence/secret-left", `The bundle of ${row.run} would hold a secret: ${left.join(", ")}.`);
};

const publicKeys = async ({ ownKeys }: World): Promise<RunRecord["keys"]> => ({
  harness: (await ownKeys.publicKey("harness")).line,
  verifier: (await ownKeys.publicKey("verifier")).line,
});

const writeFolder = async (world: World, row: RunRow, files: Files, recorder: Recorder): Promise<void> => {
  // Beginning takes away what others began: one who was taken over meanwhile is told so here (store/fenced).
  await recorder.transact(() => Promise.resolve());
  await world.archive.begin(row.run);
  const put = await Promise.allSettled([...files].map(([name, bytes]) => world.archive.put(row.run, name, bytes)));
  for (const one of put) if (one.status === "rejected") throw one.reason;
};

/** What lies on the disk, read and verified as a stranger would, before anybody is told of it. */
const verifyAsStranger = async (world: World, row: RunRow, trust: SourceDocument | "absent"): Promise<void> => {
  const verdict = await verifyFolder(world, { unsealed: row.run }, trust);
  if (verdict.verdict !== "FAIL") return;
  const failed = verdict.checks.filter((check) => check.verdict === "FAIL").map(({ id, says }) => `${id}: ${says}`);
  throw new Failure("evidence/unsealable", `The bundle of ${row.run} does not verify: ${failed.join("; ")}`);
};

/** `run.finished` is the last line of the log; the work item moves with it, unless the seal has to move it. */
const finish = async ({ world, row, recorder, redactor }: Sealing, proven: Proven): Promise<void> => {
  if (findFact(recorder.lines(), "run.finished") !== undefined) return;
  const { ending } = proven;
  const leaves = [...endingLeaves(row, ending), ...(await spentInVain(world, row))];
  await recorder.transact(async (ledger) => {
    tellRedactions(recorder, redactor);
    recorder.record({
      type: "run.finished",
      subject: "run",
      trust: "harness-observed",
      data: {
        result: ending.kind,
        code: ending.refusals[0]?.code ?? ending.failure?.code,
        durationMs: world.clock.now().epochMs - Date.parse(row.orderedAt),
        events: recorder.lines().length + 1,
        runtimeDefaultActivation: proven.defaultActivation,
      },
    });
    for (const entry of leaves) {
      const now = await ledger.work(row.work);
      const cause = causeOf(entry);
      const fits = cause === "nothing" || ruleOf(now === "absent" ? "none" : now.state, cause) !== undefined;
      await ledger.appendLeaf(fits ? entry : { ...entry, type: "command.refused" });
    }
    // The last checkpoint is kept with the end that it covers: a second seal takes this one, whatever the key is then.
    const { summary } = await runIn(ledger, row);
    await ledger.updateRun(row.run, { state: "sealing", summary: { ...summary, [CHECKPOINT]: recorder.note() } });
  });
};

/** Each secret has its fact, and how often it came again is told once. */
const tellRedactions = (recorder: Recorder, redactor: Redactor): void => {
  redactor.news();
  for (const { given, ...secret } of redactor.secrets()) {
    if (findFact(recorder.lines(), "redaction.applied", `redaction/${secret.mark}`) === undefined)
      recorder.record(redactionEvent(secret));
    if (given > 1)
      recorder.record({
        type: "redaction.applied",
        subject: `redaction/${secret.mark}`,
        trust: "harness-observed",
        data: { mark: secret.mark, rule: secret.rule, again: given - 1 },
      });
  }
};

// Killed between its two locks, a run has spent the approval though its gate never opened: nobody can use it any more.
const spentInVain = async (world: World, row: RunRow): Promise<readonly LedgerEntry[]> => {
  const leaves = await world.store.records({ work: row.work });
  const { approvalId } = leaves.findLast(({ type }) => type === "approval.recorded") ?? {};
  if (approvalId === undefined || (await world.consumedBy(approvalId)) !== row.run) return [];
  if (leaves.some((leaf) => leaf.type === "approval.consumed" && leaf.approvalId === approvalId)) return [];
  const detail = { moved: "the approval: a run that was broken off has spent it" };
  return [
    { type: "approval.stale", actor: "harness", channel: "harness", work: row.work, run: row.run, approvalId, detail },
  ];
};

const endingLeaves = (row: RunRow, ending: Ending): readonly LedgerEntry[] => {
  const leaf = (type: LedgerEntry["type"], detail: LedgerEntry["detail"] = {}): LedgerEntry => ({
    type,
    actor: "harness",
    channel: "harness",
    work: row.work,
    run: row.run,
    refusals: ending.refusals.map(({ code }) => code),
    detail,
  });
  switch (ending.kind) {
    case "blocked": {
      const moved = ending.refusals.find(({ code }) => code === "approval/stale" || code === "admission/head-moved");
      const expired = ending.refusals.some(({ code }) => code === "approval/expired");
      return [
        leaf("run.blocked"),
        ...(moved === undefined ? [] : [leaf("approval.stale", { moved: String(moved.facts["moved"] ?? moved.code) })]),
        ...(expired && moved === undefined ? [leaf("approval.expired")] : []),
      ];
    }
    case "voided":
      return [leaf("run.voided")];
    case "failed":
      return [leaf("run.failed", { failure: ending.failure?.code })];
    case "stopped":
      return [leaf("run.stopped")];
    case "interrupted":
      return [leaf("run.interrupted", ending.commit === undefined ? {} : { commit: ending.commit.commit })];
    case "awaiting_outcome":
      return [];
  }
};

const givenFiles = async (
  world: World,
  row: RunRow,
  { gate, proven }: StepOutputs,
  redactor: Redactor,
): Promise<{ readonly given: ReadonlyMap<string, Uint8Array>; readonly withheld: ReadonlyMap<string, string> }> => {
  const text = (content: string): Uint8Array => new TextEncoder().encode(content);
  const files = new Map<string, Uint8Array>([...Object.entries(gate.documents), ...(await world.verifyPage())]);
  if (gate.drawn !== "not-drawn") files.set("approval/contract.json", text(contractText(gate.drawn.contract)));
  if (gate.challenge !== "absent") files.set("approval/challenge.json", gate.challenge);
  if (gate.consumption !== "none") {
    files.set("approval/consumption.json", text(gate.consumption.text));
    files.set("approval/consumption.tlog-proof", text(gate.consumption.proof));
  }
  if (proven.objects !== "none") {
    files.set("patch.diff", proven.objects.patch);
    files.set("repo/base.pack", proven.objects.basePack);
    files.set("repo/base.idx", proven.objects.baseIndex);
    files.set("repo/base-commit.raw", proven.objects.baseCommitRaw);
    files.set("repo/commit.raw", proven.objects.commitRaw);
  }
  for (const [name, bytes] of await world.host.readRawLogs(row.run)) files.set(name, bytes);
  // What the gate refused for its secret is not shown, and cannot be edited: its signature would not hold.
  const secret = gate.result.ok ? [] : [...files].filter(([, bytes]) => redactor.leftIn(bytes).length > 0);
  for (const [name] of secret) files.delete(name);
  const why = "It holds a secret, so it is left out as a whole.";
  return { given: files, withheld: new Map(secret.map(([name]) => [rowOf(name)?.name ?? name, why])) };
};
