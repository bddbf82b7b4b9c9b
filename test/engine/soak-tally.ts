import { execFileSync } from "node:child_process";

import { verifyFolder } from "../../src/harness/evidence/verify-folder.ts";
import { reasonOf } from "../../src/workflow/run-shown.ts";
import type { SoakHome } from "./soak-home.ts";

/** What came of the runs of one home. */
export interface Tally {
  readonly runs: number;
  readonly endings: Readonly<Record<string, number>>;
  readonly verified: number;
  /** Runs whose target holds another number of their commits than it should: 1 where the outcome is awaited, else 0. */
  readonly wrongCommits: readonly string[];
  /** The most commits of one run that its target holds. */
  readonly mostCommits: number;
  /** Approvals that more than one run consumed, by the records of the ledger. */
  readonly approvalsUsedTwice: readonly string[];
  /** Runs whose facts have a gap, or whose sealed log is another one than the ledger has. */
  readonly lostEvents: readonly string[];
  /** What the ledger says of itself where it does not hold. */
  readonly wrongRecords: readonly number[];
  readonly takenOver: number;
}

/** A home and the folders of its targets. */
interface Tallied extends Pick<SoakHome, "world"> {
  readonly targets: readonly { readonly folder: string }[];
}

export const tallyOf = async ({ world, targets }: Tallied): Promise<Tally> => {
  const rows = await world.store.runs({});
  const commits = targets.flatMap(({ folder }) => commitsIn(folder));
  const signers = await world.home.read(".sot/authority/allowed_signers");
  const endings: Record<string, number> = {};
  const [wrongCommits, lostEvents]: [string[], string[]] = [[], []];
  let verified = 0;
  let mostCommits = 0;
  let takenOver = 0;
  for (const { run, ending, summary } of rows) {
    const [reason] = (await world.store.records({ runs: [run] })).flatMap((record) => reasonOf([record]) ?? []);
    const end = [ending ?? "open", ...(reason === undefined ? [] : [reason])].join(" ");
    endings[end] = (endings[end] ?? 0) + 1;
    const { verdict } = await verifyFolder(world, { run }, signers);
    if (verdict === "PASS") verified += 1;
    const own = commits.filter((commit) => commit === summary["commit"]).length;
    mostCommits = Math.max(mostCommits, own);
    if (own !== (ending === "awaiting_outcome" ? 1 : 0)) wrongCommits.push(run);
    const lines = await world.store.facts(run);
    const sealed = await world.archive.peek(run, "bundle", "events.normalized.jsonl", 64 * 2 ** 20);
    const isWhole = sealed !== "absent" && new TextDecoder().decode(sealed) === `${lines.join("\n")}\n`;
    if (!isWhole) lostEvents.push(run);
    takenOver += lines.filter((line) => line.includes("run.recovered")).length;
  }
  const consumed = await world.store.records({ types: ["approval.consumed"] });
  const ofApproval = Map.groupBy(consumed, ({ approvalId }) => approvalId ?? "");
  return {
    runs: rows.length,
    endings,
    verified,
    wrongCommits,
    mostCommits,
    approvalsUsedTwice: [...ofApproval].filter(([, uses]) => uses.length > 1).map(([id]) => id),
    lostEvents,
    wrongRecords: await world.store.check(),
    takenOver,
  };
};

const commitsIn = (folder: string): readonly string[] =>
  execFileSync("/usr/bin/git", ["-C", folder, "rev-list", "main"], { encoding: "utf8" }).trim().split("\n");
