import { readPolicyView } from "./policy-view.ts";
import type { Reading } from "./reading.ts";
import type { ApprovalStatement } from "./records.ts";
import { fail, notProven, pass, passUnless, type Check } from "./verdict.ts";

const ID = "quorum";

/** Step 4, how many: distinct principals with distinct keys, all about one challenge, as many as policy and records say. */
export const checkQuorum = (reading: Reading): readonly Check[] => {
  const { records, manifest, files } = reading;
  const read = records.approvals.flatMap(({ record }) => record ?? []);
  const [first] = read;
  if (first === undefined || manifest?.reach === "gate") return [pass(ID, "no approval was used")];
  const policy = readPolicyView(files.get("approval/policy.yaml"));
  if (policy === undefined) return [notProven(ID, "it is in a form that is not read here", "approval/policy.yaml")];
  const { required, eligible } = first.predicate.quorum;
  const principals = new Set(read.map(({ predicate: { approver } }) => approver.principal));
  const keys = new Set(read.map(({ predicate: { approver } }) => approver.keyFingerprint ?? approver.principal));
  const off = (says: string): Check => fail(ID, "evidence/binding-differs", says, "approval/");
  const holds: readonly (readonly [boolean, string])[] = [
    [read.every((one) => SHARED(one) === SHARED(first)), "the approval records are not about one challenge"],
    [policy.quorum === required, `policy.yaml asks ${policy.quorum} approvals, the record ${required}`],
    [
      policy.eligible === undefined ? eligible.length === 1 : policy.eligible.join() === eligible.join(),
      "the record lets others approve than policy.yaml",
    ],
    [
      policy.eligible !== undefined || eligible[0] === records.contract?.owner,
      "the record lets others approve than the owner",
    ],
    [[...principals].every((name) => eligible.includes(name)), "somebody signed who may not approve"],
    [
      (policy.authorMayApprove ?? eligible.length === 1) ? true : !principals.has(records.contract?.owner ?? ""),
      "the packet's own author approved it, which policy.yaml does not count",
    ],
    [
      Math.min(principals.size, keys.size) >= required,
      `${Math.min(principals.size, keys.size)} of ${required} approvals are there`,
    ],
  ];
  return passUnless(
    ID,
    holds.filter(([held]) => !held).map(([, says]) => off(says)),
    `${principals.size} of ${required}: ${[...principals].join(", ")}`,
  );
};

const SHARED = ({ subject, predicate: { approvalId, challenge, validity, quorum } }: ApprovalStatement): string =>
  JSON.stringify([subject, approvalId, challenge.nonce, challenge.sha256, validity, quorum.required, quorum.eligible]);
