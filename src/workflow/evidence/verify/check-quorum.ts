import { textIn } from "./bytes.ts";
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
  const policy = policyOf(files.get("approval/policy.yaml"));
  if (policy === undefined)
    return [notProven(ID, "its approval section is in a form that is not read here", "approval/policy.yaml")];
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

interface PolicyView {
  readonly quorum: number;
  readonly eligible: readonly string[] | undefined;
  readonly authorMayApprove: boolean | undefined;
}

/**
 * The `approval` section of policy.yaml in its plain block form, each member on lines of its own; undefined for any other
 * form. The Harness reads YAML, this verifier only these lines: what it cannot read it does not guess.
 */
const policyOf = (bytes: Uint8Array | undefined): PolicyView | undefined => {
  const lines = (textIn(bytes ?? new Uint8Array()) ?? "approval: ?")
    .split("\n")
    .map((line) => line.replace(/\s*(?:#.*)?$/, ""))
    .filter((line) => line !== "");
  const at = lines.findIndex((line) => /^["']?approval["']?\s*:/.test(line));
  if (at < 0) return { quorum: 1, eligible: undefined, authorMayApprove: undefined };
  if (lines[at] !== "approval:") return undefined;
  const rest = lines.slice(at + 1);
  const end = rest.findIndex((line) => !line.startsWith(" "));
  return sectionOf(end < 0 ? rest : rest.slice(0, end));
};

const sectionOf = (section: readonly string[]): PolicyView | undefined => {
  let quorum = 1;
  let eligible: string[] | undefined;
  let authorMayApprove: boolean | undefined;
  let isInList = false;
  for (const line of section) {
    const [, item] = /^ +- ([A-Za-z0-9_][A-Za-z0-9@._+-]*)$/.exec(line) ?? [];
    const [, name, value = ""] = /^ +(quorum|eligible|authorMayApprove):(?: +(\S.*))?$/.exec(line) ?? [];
    const [, inline] = /^\[ ?([A-Za-z0-9@._+, -]+?) ?\]$/.exec(value) ?? [];
    if (item !== undefined && isInList) eligible?.push(item);
    else if (name === "quorum" && /^[1-9]\d?$/.test(value)) quorum = Number(value);
    else if (name === "authorMayApprove" && /^(?:true|false)$/.test(value)) authorMayApprove = value === "true";
    else if (name === "eligible" && value === "") eligible = [];
    else if (name === "eligible" && inline !== undefined) eligible = inline.split(/, */);
    else return undefined;
    isInList = item !== undefined || (name === "eligible" && value === "");
  }
  return { quorum, eligible, authorMayApprove };
};
