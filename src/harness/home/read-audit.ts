import { hasRole, type Signer } from "../../workflow/allowed-signers.ts";
import { auditLedger, type LedgerMark } from "../../workflow/audit-ledger.ts";
import { ledgerOrigin, type Checkpoint } from "../../workflow/checkpoint.ts";
import { judgeHandovers } from "../../workflow/evidence/judge-handovers.ts";
import { ledgerStart, recordIn, type LedgerRecord } from "../../workflow/ledger.ts";
import { leafHash, treeOver } from "../../workflow/merkle.ts";
import type { Refusal } from "../../workflow/refusal.ts";
import type { TrustRoot } from "../../workflow/trust-root.ts";
import { readableKeys } from "../keys/own-keys-now.ts";
import type { World } from "../world.ts";
import { readBeside } from "./ledger-marks.ts";

/** The ledger judged by everything that there is beside it. */
export interface AuditView {
  readonly verdict: "PASS" | "FAIL" | "NOT-PROVEN";
  /** The tree over the records as they are. */
  readonly checkpoint: Checkpoint;
  readonly alarms: readonly Refusal[];
  /** The newest record that a human signed over this ledger; "none" where no human did. */
  readonly sealedBy: { readonly what: string; readonly size: number } | "none";
  /** Human records whose checkpoint holds. */
  readonly seals: number;
  readonly unknownSigners: number;
  /** Keys of the trust root that may sign checkpoints. Without any the checkpoint is not proven. */
  readonly keys: number;
}

const LEDGER_ROLE = "ledger@cto-harness";

/** Recomputes chain, tree, head and every root that is known from elsewhere. Writes nothing and believes no row. */
export const readAudit = async (world: World, trust: Pick<TrustRoot, "signers" | "revoked">): Promise<AuditView> => {
  const { rows, head, runs } = await world.store.raw();
  // Rows that are no records are told by the audit itself.
  const records = rows.flatMap(({ text }) => recordIn(text) ?? []);
  const keys = ledgerKeys(trust.signers, Date.parse(records.at(-1)?.at ?? ""));
  const { marks, traces, unknownSigners, vouched } = await readBeside(world, { records, trust, keys });
  const handovers = judgeHandovers({
    files: await world.home.list("handover"),
    records,
    keys: (await readableKeys(world.ownKeys)).keys,
    vouched,
  });
  const origin = ledgerOrigin(world.homeId);
  const open = new Map((await world.store.runs({ open: true })).map(({ run, holder }) => [String(run), holder]));
  const ledgerAlarms = auditLedger({
    origin,
    start: ledgerStart(world.homeId),
    rows,
    head,
    runs: runs.map(({ run, runNo }) => {
      const holder = open.get(run);
      return { run, runNo, isHeld: holder !== undefined && world.isAlive(holder) };
    }),
    keys,
    marks: [...marks, ...handovers.marks],
    traces,
  });
  const alarms = [...ledgerAlarms, ...handovers.alarms];
  const tree = treeOver(rows.map(({ text }) => leafHash(text)));
  const rootHash = Buffer.from(tree.rootAt(tree.size)).toString("base64");
  const unproven = keys.length === 0 && rows.length > 0 ? "NOT-PROVEN" : "PASS";
  return {
    verdict: alarms.length > 0 ? "FAIL" : unproven,
    checkpoint: { origin, size: tree.size, rootHash },
    alarms,
    sealedBy: newestSeal(marks),
    seals: marks.filter(({ by }) => by === "human").length,
    unknownSigners,
    keys: keys.length,
  };
};

const newestSeal = (marks: readonly LedgerMark[]): AuditView["sealedBy"] =>
  marks
    .filter(({ by }) => by === "human")
    .reduce<AuditView["sealedBy"]>(
      (newest, { what, checkpoint: { size } }) => (newest === "none" || size > newest.size ? { what, size } : newest),
      "none",
    );

/** The Ed25519 keys that had the role at that time, as their 32 bytes. */
const ledgerKeys = (signers: readonly Signer[], atMs: number): readonly Uint8Array[] =>
  signers
    .filter((signer) => signer.key.type === "ssh-ed25519" && hasRole(signer, LEDGER_ROLE, atMs))
    .map(({ key }) => new Uint8Array(Buffer.from(key.key.export({ format: "jwk" }).x ?? "", "base64url")));

/** The newest entries of the ledger, the newest last. */
export const readEntries = async (
  world: World,
  filter: { readonly work?: string; readonly limit: number },
): Promise<readonly LedgerRecord[]> => {
  const leaves = await world.store.leaves(0);
  return leaves.filter(({ work }) => filter.work === undefined || work === filter.work).slice(-filter.limit);
};
