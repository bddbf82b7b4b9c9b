import type { Authority } from "../authority.ts";
import type { Contract } from "../contract/contract.ts";
import { timeText, type Instant } from "../instant.ts";
import { refusal, type Refusal } from "../refusal.ts";
import { notTheOwner } from "./admission-signature.ts";
import type { AdmissionRecord } from "./admission.ts";
import type { Observation } from "./observation.ts";

/** Status, time, owner, and whether packet and record say the same (R037, R038). */
export function* objectionsToRecord(record: AdmissionRecord, contract: Contract, now: Instant): Iterable<Refusal> {
  const { targetRepository: claimed, executionGate } = contract;
  yield* statusObjections(record);
  if (now.epochMs >= Date.parse(record.expiresAt)) yield refusal("admission/expired", { expiresAt: record.expiresAt });
  if (now.epochMs < Date.parse(record.admittedAt)) {
    const problem = `the admission is of ${record.admittedAt}, now is ${timeText(now.epochMs)}`;
    yield refusal("gate/clock-disagrees", { problem });
  }

  if (claimed.owner !== record.owner)
    yield notTheOwner("the Repository owner of the packet", claimed.owner, record.owner);
  if (contract.owner !== record.owner) yield notTheOwner("the packet's owner", contract.owner, record.owner);

  if (claimed.path !== record.path) yield notTheRepository(claimed.path, `admitted was ${record.path}`);
  const claims = [
    ["risk classification", claimed.riskClassification, record.riskClassification],
    ["branch", claimed.observedState.branch, record.branch],
    // A record that is not admitted has said so above; here the packet claims something else than `admitted`.
    [
      "admission status",
      claimed.admissionStatus,
      record.status === "admitted" ? record.status : claimed.admissionStatus,
    ],
  ] as const;
  for (const [field, inPacket, inRecord] of claims)
    if (inPacket !== inRecord) yield refusal("admission/claim-differs", { field, packet: inPacket, record: inRecord });

  const { stage, backend } = executionGate;
  if (!record.stages.includes(stage))
    yield refusal("admission/stage-not-allowed", { stage, allowed: record.stages.join(", ") });
  if (!record.backends.includes(backend))
    yield refusal("admission/backend-not-allowed", { backend, allowed: record.backends.join(", ") });
}

/** Only classes of policy.yaml may run (R040). */
export function* objectionsToRisk(record: AdmissionRecord, authority: Authority): Iterable<Refusal> {
  const risk = record.riskClassification;
  const allowed = Object.keys(authority.riskClasses).join(", ") || "none";
  if (!Object.hasOwn(authority.riskClasses, risk)) yield refusal("admission/risk-not-allowed", { risk, allowed });
}

/** Real path, device, inode and root commits together are the identity (R039); the branch is where the commit goes. */
export function* objectionsToPlace(record: AdmissionRecord, observed: Observation): Iterable<Refusal> {
  const roots = (oids: readonly string[]): string => oids.toSorted().join(", ");
  const identity = [
    ["the real path", observed.realPath, record.path],
    ["the device", observed.device, record.device],
    ["the inode", observed.inode, record.inode],
    ["the root commits", roots(observed.rootCommits), roots(record.rootCommits)],
  ] as const;
  for (const [what, found, admitted] of identity)
    if (found !== admitted)
      yield notTheRepository(observed.requestedPath, `${what} is ${found}, admitted was ${admitted}`);
  if (observed.branch !== record.branch)
    yield refusal("admission/branch-differs", { found: observed.branch, admitted: record.branch });
}

/** A removal takes its record's authority away for ever, signature and all; only a new record brings it back (R043). */
export const objectionsToRemoved = (
  removal: Pick<AdmissionRecord, "status" | "reason"> | undefined,
): Iterable<Refusal> => (removal === undefined ? [] : statusObjections(removal));

function* statusObjections({ status, reason }: Pick<AdmissionRecord, "status" | "reason">): Iterable<Refusal> {
  const why = { reason: reason === "" ? "no reason was given" : reason };
  if (status === "proposed") yield refusal("admission/proposed", {});
  if (status === "suspended") yield refusal("admission/suspended", why);
  if (status === "revoked") yield refusal("admission/revoked", why);
}

const notTheRepository = (path: string, found: string): Refusal =>
  refusal("admission/not-the-repository", { path, found });
