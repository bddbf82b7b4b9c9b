import { canonicalJson } from "../../workflow/digest.ts";
import type { ChainedEvent } from "../../workflow/event-chain.ts";
import type { Report } from "../../workflow/evidence/schemas/report.ts";
import type { VerdictWord } from "../../workflow/evidence/verify/verdict.ts";
import type { RunId } from "../../workflow/ids.ts";
import { timeText } from "../../workflow/instant.ts";
import type { LedgerRecord } from "../../workflow/ledger.ts";
import { afterFact, type RunState } from "../../workflow/run-state.ts";
import { reportOf } from "../evidence/read-report.ts";
import { rememberedOf } from "../evidence/remembered.ts";
import { verifyFolder } from "../evidence/verify-folder.ts";
import { canariesIn } from "../home/read-canaries.ts";
import { REVOKED_PATH, SIGNERS_PATH } from "../home/read-facts.ts";
import type { CanaryPassObject, RunOutcome, RunRollback } from "../objects/run.ts";
import { toAcknowledge } from "../outcome/outcome-ground.ts";
import { factsOfRun } from "../run/facts-of-run.ts";
import type { World } from "../world.ts";
import { detailText } from "./detail-text.ts";
import { outcomeCommands } from "./next-of-run.ts";
import { viewOfRun, type RunView } from "./read-runs.ts";
import { namesOfWork, type WorkNames } from "./read-works.ts";

/** One run in full: what the ledger says, and what its sealed report says, verified now. */
export interface RunDetail extends RunView, WorkNames {
  readonly report: Report | "not-sealed";
  readonly stages: readonly { readonly name: string; readonly ms: number }[];
  readonly canaries: readonly CanaryPassObject[];
  readonly outcome: RunOutcome | "none";
  readonly rollback: RunRollback | "none";
  readonly bundle: string | null;
  readonly verify: Verified | "not-sealed";
}

/** What came of verifying the bytes that lie there now, and when they were read for it. */
interface Verified {
  readonly verdict: VerdictWord;
  readonly at: string;
}

export const readRun = async (world: World, run: RunId): Promise<RunDetail | "absent"> => {
  const row = await world.store.run(run);
  if (row === "absent") return "absent";
  const own = await world.store.records({ runs: [run] });
  const isSealed = await world.archive.isSealed(run);
  const report = isSealed ? await reportOf(world, run) : undefined;
  const verify = isSealed ? await verifiedNow(world, run) : "not-sealed";
  const events = await factsOfRun(world, run);
  const view = await viewOfRun(world, row);
  const decide = view.state === "awaiting_outcome" && report !== undefined;
  return {
    ...view,
    ...(await namesOfWork(world, row.work)),
    ...(decide ? { next: outcomeCommands(run, toAcknowledge(report)) } : {}),
    report: report ?? "not-sealed",
    stages: stagesOf(events),
    canaries: canariesIn(events),
    outcome: outcomeOf(own),
    rollback: rollbackOf(own),
    bundle: isSealed ? `.cto/runs/${run}` : null,
    verify,
  };
};

const verifiedNow = async (world: World, run: RunId): Promise<Verified> => {
  const [signers, revoked] = [await world.home.read(SIGNERS_PATH), await world.home.read(REVOKED_PATH)];
  const trust = canonicalJson([signers, revoked].map((source) => (source === "absent" ? source : source.digest)));
  return verified(world.archive, run, trust, async () => {
    const { verdict } = await verifyFolder(world, { run }, signers, revoked);
    return { verdict, at: timeText(world.clock.now().epochMs) };
  });
};

const verified = rememberedOf<Verified>();

/** How long each stage of the line took: from its first fact to the first fact of the next. */
const stagesOf = (events: readonly ChainedEvent[]): RunDetail["stages"] => {
  const begun: { name: string; at: number }[] = [];
  let state: RunState | "none" = "none";
  for (const event of events) {
    state = afterFact(state, event);
    if (begun.at(-1)?.name !== state.stage) begun.push({ name: state.stage, at: Date.parse(event.time) });
  }
  const end = Date.parse(events.at(-1)?.time ?? "");
  const parts = begun.map(({ name, at }, index) => ({ name, ms: (begun[index + 1]?.at ?? end) - at }));
  const names = [...new Set(parts.map(({ name }) => name))];
  return names.map((name) => ({
    name,
    ms: parts.filter((part) => part.name === name).reduce((sum, { ms }) => sum + ms, 0),
  }));
};

const outcomeOf = (own: readonly LedgerRecord[]): RunDetail["outcome"] => {
  const leaf = own.find(({ type }) => type === "outcome.accepted" || type === "outcome.rejected");
  if (leaf === undefined) return "none";
  const outcome = leaf.type === "outcome.accepted" ? "accepted" : "rejected";
  return { outcome, by: leaf.actor, reason: detailText(leaf, "reason") ?? "", at: leaf.at, seq: leaf.seq };
};

const rollbackOf = (own: readonly LedgerRecord[]): RunDetail["rollback"] => {
  const leaf = own.findLast(({ type }) => type === "rollback.done" || type === "rollback.failed");
  if (leaf === undefined) return "none";
  return {
    state: leaf.type === "rollback.done" ? "done" : "failed",
    by: leaf.actor,
    at: leaf.at,
    seq: leaf.seq,
    commit: detailText(leaf, "commit") ?? null,
    tree: detailText(leaf, "tree") ?? null,
    equalsBase: detailText(leaf, "proof") === "tree-equals-base",
  };
};
