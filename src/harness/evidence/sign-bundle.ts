import { ATTESTATIONS } from "../../workflow/evidence/bundle-table.ts";
import type { Files } from "../../workflow/evidence/bundle.ts";
import { sigstoreBundle, toSign } from "../../workflow/evidence/envelope.ts";
import type { RunRecord } from "../../workflow/evidence/run-record.ts";
import { runStatement, testsStatement, verdictStatement, type Statement } from "../../workflow/evidence/statement.ts";
import { verdictProperties } from "../../workflow/evidence/verdict-properties.ts";
import type { Verdict } from "../../workflow/evidence/verify/verdict.ts";
import { verifyBundle } from "../../workflow/evidence/verify/verify.ts";
import { Failure } from "../../workflow/failure.ts";
import type { KeyRole } from "../../workflow/own-keys.ts";
import type { SourceDocument } from "../../workflow/packet/packet.ts";
import type { World } from "../world.ts";

type Signing = Pick<World, "ownKeys" | "verifyTools">;

/**
 * The files with their attestations: the Harness signs for the run and its tests, then the pure verifier judges all of
 * it, and its own key signs what it found. Nothing is signed as a verdict over files that fail. Again: the same bytes.
 */
export const signBundle = async (
  world: Signing,
  record: RunRecord,
  files: Files,
  trust: SourceDocument | "absent",
): Promise<Files> => {
  const run = await signed(world, "harness", runStatement(record, files));
  const tests = testsStatement(record, files);
  const observed = new Map([
    ...files,
    [ATTESTATIONS.run, run] as const,
    ...(tests === "no-run" ? [] : [[ATTESTATIONS.tests, await signed(world, "harness", tests)] as const]),
  ]);
  const verdict = await verifyBundle(
    observed,
    [],
    trust === "absent" ? "none" : { allowedSigners: trust.bytes },
    world.verifyTools,
  );
  refuseFailing(record, verdict);
  const statement = verdictStatement(record, run, verdictProperties(record, verdict));
  return new Map([...observed, [ATTESTATIONS.verdict, await signed(world, "verifier", statement)]]);
};

// That the verdict itself and the seal over it are not there yet is no objection to what they will be about.
const refuseFailing = ({ run }: RunRecord, { checks }: Verdict): void => {
  const failed = checks.filter(({ id, verdict }) => verdict === "FAIL" && !COMES_LATER.has(id));
  if (failed.length === 0) return;
  const says = failed.map(({ id, says: what }) => `${id}: ${what}`).join("; ");
  throw new Failure("evidence/unsealable", `The bundle of ${run} does not verify: ${says}`);
};

const COMES_LATER: ReadonlySet<string> = new Set(["verdict-statement", "seal"]);

const signed = async ({ ownKeys }: Signing, role: KeyRole, statement: Statement): Promise<Uint8Array> => {
  const asked = toSign(statement);
  const { fingerprint } = await ownKeys.publicKey(role);
  const signature = await (role === "harness"
    ? ownKeys.signAsHarness(asked.signed)
    : ownKeys.signAsVerifier(asked.signed));
  return sigstoreBundle(asked, fingerprint, signature);
};
