import { z } from "zod";

import { ATTESTATIONS } from "../bundle-table.ts";
import type { Reach } from "../ending.ts";
import { readAttestation, sealedTime } from "./attestation.ts";
import type { Reading } from "./reading.ts";
import { fail, notProven, pass, type Check } from "./verdict.ts";

const ID = "verdict-statement";

/** The verdict that lies in the bundle is by another key, over this run, and says nothing that was not found again here. */
export const checkVerdictStatement = async (reading: Reading, checks: readonly Check[]): Promise<readonly Check[]> => {
  const entry = reading.manifest?.signatures.find(({ path }) => path === ATTESTATIONS.verdict);
  if (entry === undefined)
    return [fail(ID, "evidence/signature-missing", "no verdict was signed", ATTESTATIONS.verdict)];
  const read = await readAttestation(reading, ID, entry);
  if ("id" in read) return [read];
  const { statement, fingerprint, key } = read;
  const verdict = verdictSchema.safeParse(statement.predicate);
  const wrong = (says: string): readonly Check[] => [fail(ID, "evidence/binding-differs", says, entry.path)];
  if (statement.predicateType !== "https://in-toto.io/attestation/svr/v0.1" || !verdict.success)
    return wrong("it does not read as a simple verification result");
  const subject = [{ name: ATTESTATIONS.run, digest: { sha256: reading.digest(ATTESTATIONS.run) } }];
  if (JSON.stringify(statement.subject) !== JSON.stringify(subject)) return wrong("it is over another run statement");
  if (verdict.data.timeCreated !== sealedTime(reading)) return wrong("it tells of another time than the log");
  const said = verdict.data.properties.map((name) => ({ name, shown: shownNow(name, reading, checks) }));
  const refuted = said.filter(({ shown }) => shown === "FAIL").map(({ name }) => name);
  if (refuted.length > 0) return wrong(`it says ${refuted.join(", ")}, which does not hold`);
  const open = said.filter(({ shown }) => shown === "NOT-PROVEN").map(({ name }) => name);
  if ("id" in key) return [key];
  return open.length > 0
    ? [notProven(ID, `it says ${open.join(", ")}, which was not proven here`, entry.path)]
    : [pass(ID, `${fingerprint}, named by ${key.by}: ${said.map(({ name }) => name).join(", ") || "no property"}`)];
};

/** What a property rests on. One that is not in the table is said by nobody whom this verifier understands. */
const shownNow = (
  name: string,
  { manifest, records, confinement, ownedRepo }: Reading,
  checks: readonly Check[],
): Check["verdict"] => {
  const rests = Object.hasOwn(RESTS_ON, name) ? RESTS_ON[name] : undefined;
  if (rests === undefined) return "NOT-PROVEN";
  const levels = records.approvals.map(({ record }) => record?.predicate.approver.assurance);
  const isClaimed =
    ORDER[manifest?.reach ?? "gate"] >= ORDER[rests.from] &&
    rests.claims.every((claim) => [...(confinement?.claims ?? []), ...(ownedRepo?.claims ?? [])].includes(claim)) &&
    (name !== "CTO_APPROVAL_A2" || levels.every((level) => level === "A2" || level === "A3"));
  const rows = checks.filter(({ id }) => rests.checks.includes(id));
  if (!isClaimed || rows.some(({ verdict }) => verdict === "FAIL")) return "FAIL";
  return rows.length > 0 && rows.every(({ verdict }) => verdict === "PASS") ? "PASS" : "NOT-PROVEN";
};

const ORDER: Readonly<Record<Reach, number>> = { gate: 0, permit: 1, commit: 2 };

interface Rests {
  readonly from: Reach;
  readonly checks: readonly string[];
  readonly claims: readonly string[];
}

const rests = (from: Reach, checks: readonly string[], claims: readonly string[] = []): Rests => ({
  from,
  checks,
  claims,
});

const RESTS_ON: Readonly<Record<string, Rests>> = {
  CTO_APPROVAL_BOUND: rests("permit", ["approval", "quorum", "sentence", "bindings", "limits"]),
  CTO_APPROVAL_A2: rests("permit", ["approval", "quorum"]),
  CTO_SCOPE_RESPECTED: rests("commit", ["paths", "patch", "commit"]),
  CTO_PATCH_REPLAYED: rests("commit", ["patch", "commit"]),
  CTO_TESTS_PASSED: rests("commit", ["tests", "tests-statement"]),
  CTO_TARGET_OWNED: rests("permit", ["admission", "owned-repo"], ["identity-admitted", "owner-signed-admission"]),
  CTO_CONFINED: rests("permit", ["confinement"], ["probes-held-before-and-after"]),
};

const verdictSchema = z.strictObject({
  verifier: z.strictObject({ id: z.literal("urn:cto-harness:verifier:v1"), version: z.record(z.string(), z.string()) }),
  timeCreated: z.string(),
  properties: z.array(z.string()),
});
