import type { FreshnessProof } from "../schemas/freshness.ts";
import { claimRows, proofRows, type ProvenClaim } from "./check-claims.ts";
import { clockStatements } from "./check-clocks.ts";
import { timelineStatements } from "./check-timeline.ts";
import { eventsOf } from "./events.ts";
import type { Reading } from "./reading.ts";
import { fail, type Check } from "./verdict.ts";

const ID = "freshness";
const FILE = "freshness-proof.json";
const STEPS = ["challenge", "approval", "consumption", "first-write", "validation", "commit", "seal"] as const;
const EVENTS: Readonly<Record<string, string>> = {
  consumption: "approval.consumed",
  "first-write": "backend.started",
  validation: "validation.finished",
  commit: "commit.created",
  seal: "run.finished",
};

/** Step 9: every field equals what records, log and objects say; every claim is carried by its fields. */
export const checkFreshness = (reading: Reading): readonly Check[] => {
  const proof = reading.freshness;
  if (proof === undefined) return [fail(ID, "evidence/proof-contradicted", "it does not read as freshness/v1", FILE)];
  const claims = claimRows(ID, FILE, proof, claimsOf(reading, proof));
  return proofRows(ID, FILE, statements(reading, proof), claims, `claims ${proof.claims.join(", ") || "nothing"}`);
};

const statements = (reading: Reading, proof: FreshnessProof): readonly (readonly [boolean, string])[] => {
  const { manifest, records, digest, commit, base, events } = reading;
  const { repo } = proof;
  return [
    [proof.run === manifest?.run, "it is of another run"],
    ...Object.entries(INPUT_FILES).map(([input, file]): readonly [boolean, string] => {
      const read = proof.inputs[input]?.atGate;
      const found = digest(file);
      return [
        found === undefined || read === "unknown" || read === found,
        `${input} was another when the gate read it`,
      ];
    }),
    ...Object.entries(proof.inputs).map(
      ([input, { atApproval, atGate, atCommit, equal }]): readonly [boolean, string] => {
        const readings = [atApproval, atGate, atCommit];
        const isEqual = readings.includes("unknown") ? "unknown" : readings.every((one) => one === atApproval);
        return [equal === isEqual, `${input} is told equal against its own readings`];
      },
    ),
    // The gate lets no approval of other inputs count, and no commit is made over inputs that changed.
    ...Object.entries(proof.inputs).map(([input, { atApproval, atGate, equal }]): readonly [boolean, string] => [
      atApproval === atGate && (manifest?.reach !== "commit" || equal !== false),
      `${input} changed after the approval, and the run went on`,
    ]),
    [
      proof.approvals.length === (manifest?.reach === "gate" ? 0 : records.approvals.length),
      "it names another number of approvals",
    ],
    [
      manifest?.reach !== "gate" || (proof.challenge === "unknown" && proof.consumption === "unknown"),
      "it tells of an approval, and the gate let none count",
    ],
    [
      manifest?.reach === "gate" || (proof.challenge !== "unknown" && proof.consumption !== "unknown"),
      "it does not tell how its approval was asked for and used",
    ],
    ...proof.approvals.map((told, at): readonly [boolean, string] => {
      const approval = records.approvals[at];
      const record = approval?.record?.predicate;
      return [
        told.recordSha256 === digest(approval?.file ?? "") &&
          (told.signatureSha256 ?? undefined) === digest(`${approval?.file ?? ""}.sig`) &&
          told.approvalId === record?.approvalId &&
          told.principal === record.approver.principal &&
          told.notBefore === record.validity.notBefore &&
          told.expiresAt === record.validity.expiresAt &&
          told.executeBy === record.validity.executeBy,
        "it names another approval",
      ];
    }),
    [
      proof.challenge === "unknown" || proof.challenge.sha256 === digest("approval/challenge.json"),
      "it names another challenge",
    ],
    [
      proof.consumption === "unknown" ||
        eventsOf(events, "approval.consumed").some(
          ({ data }) => proof.consumption !== "unknown" && data["approvalId"] === proof.consumption.approvalId,
        ),
      "no event tells of its consumption",
    ],
    [base === undefined || (repo.baseCommit === base.id && repo.baseTree === base.tree), "it names another base"],
    [repo.commitsCreated.join(" ") === (commit?.id ?? ""), "it names another commit"],
    [commit === undefined || repo.parentIsBase === (commit.parents[0] === base?.id), "parentIsBase is not so"],
    [commit === undefined || repo.validatedTree === commit.tree, "another tree was validated than committed"],
    [
      commit === undefined || repo.treeAfter === "unknown" || repo.treeAfter === commit.tree,
      "another tree stands in the target",
    ],
    [
      commit === undefined || repo.headAfter === "unknown" || repo.headAfter === commit.id,
      "another commit stands in the target",
    ],
    ...clockStatements(reading, proof),
    ...timelineStatements(reading, proof),
    [proof.timeline.map(({ step }) => step).join(" ") === STEPS.join(" "), "its timeline has other steps"],
    ...proof.timeline.map(({ step, sequence }): readonly [boolean, string] => {
      const first = eventsOf(events, EVENTS[step] ?? "none")[0]?.sequence;
      return [sequence === (first === undefined ? "unknown" : Number(first)), `the log has ${step} elsewhere`];
    }),
  ];
};

const INPUT_FILES: Readonly<Record<string, string>> = {
  packet: "approval/packet.md",
  contract: "approval/contract.json",
  admission: "approval/admission.json",
  policy: "approval/policy.yaml",
  checks: "approval/checks.yaml",
};

const claimsOf = ({ files }: Reading, proof: FreshnessProof): readonly ProvenClaim[] => {
  const { repo, inputs, timeline, consumption, revocation } = proof;
  const heads = [repo.headAtApproval, repo.headAtGate, repo.headBeforeFirstWrite];
  const wanted = ["packet", "contract", "admission", "policy", "signers", "checks", "build"];
  return [
    { claim: "order:challenge<approval<consume<first-write<validate<commit<seal", holds: isInOrder(timeline) },
    { claim: "inputs-unchanged", holds: wanted.every((input) => inputs[input]?.equal === true) },
    { claim: "base-unchanged", holds: repo.parentIsBase === true && heads.every((head) => head === repo.baseCommit) },
    { claim: "single-use-on-this-ledger", holds: consumption !== "unknown" && files.has("approval/consumption.json") },
    { claim: "signers-not-revoked-at-gate", holds: revocation !== "unknown" },
  ];
};

/** By the boot clock within one boot, by the wall clock across a reboot. */
const isInOrder = (timeline: FreshnessProof["timeline"]): boolean => {
  if (timeline.some(({ realtime, boottimeMs }) => boottimeMs === "unknown" || Number.isNaN(Date.parse(realtime))))
    return false;
  return timeline.every((row, at) => {
    const before = timeline[at - 1];
    if (before === undefined || before.boottimeMs === "unknown" || row.boottimeMs === "unknown") return at === 0;
    return row.bootId === before.bootId
      ? row.boottimeMs >= before.boottimeMs
      : Date.parse(row.realtime) >= Date.parse(before.realtime);
  });
};
