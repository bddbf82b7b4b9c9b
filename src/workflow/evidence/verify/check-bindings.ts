import { z } from "zod";

import { textIn } from "./bytes.ts";
import { canonical } from "./canonical.ts";
import { eventsOf } from "./events.ts";
import { readJson, type Reading } from "./reading.ts";
import type { ApprovalStatement } from "./records.ts";
import { strictJson } from "./strict-json.ts";
import { fail, passUnless, type Check } from "./verdict.ts";

const ID = "bindings";

/** Step 4, the subjects: the record names exactly the files that lie here, this contract, this target, this run. */
export const checkBindings = (reading: Reading): readonly Check[] => {
  const { records, manifest } = reading;
  if (manifest === undefined || manifest.reach === "gate") return passUnless(ID, [], "no permit was given");
  if (records.approvals.length === 0)
    return [fail(ID, "evidence/binding-differs", "no approval record lies here", "approval/")];
  const objections = records.approvals.flatMap(({ file, record }) =>
    record === undefined
      ? [fail(ID, "evidence/binding-differs", "it does not read as approval/v1", file)]
      : objectionsTo(reading, record)
          .filter(([holds]) => !holds)
          .map(([, says, of]) => fail(ID, "evidence/binding-differs", says, of ?? file)),
  );
  return passUnless(
    ID,
    objections,
    "packet, contract, admission, policy, checks, challenge and target are the approved ones",
  );
};

type Statement = readonly [holds: boolean, says: string, file?: string];

const objectionsTo = (reading: Reading, { subject, predicate }: ApprovalStatement): readonly Statement[] => {
  const { digest, records, base, manifest, events } = reading;
  const { contract, admission } = records;
  const target = subject[4]?.digest ?? {};
  const subjectFile = (at: number, file: string): Statement => [
    subject[at]?.digest["sha256"] === digest(file),
    "the approval names other bytes",
    file,
  ];
  const scope = predicate.scope;
  return [
    subjectFile(0, "approval/packet.md"),
    subjectFile(1, "approval/contract.json"),
    subjectFile(2, "approval/admission.json"),
    subjectFile(3, "approval/policy.yaml"),
    [
      (predicate.packet.checksSha256 ?? undefined) === digest("approval/checks.yaml"),
      "the approval names other bytes",
      "approval/checks.yaml",
    ],
    [
      predicate.challenge.sha256 === digest("approval/challenge.json"),
      "the approval answers another challenge",
      "approval/challenge.json",
    ],
    [challengeOf(reading)?.nonce === predicate.challenge.nonce, "its nonce is another", "approval/challenge.json"],
    [predicate.workId === manifest?.work, "it approves another work item"],
    [contract?.workItem === manifest?.work, "it is the contract of another work item", "approval/contract.json"],
    [contract !== undefined && isSameScope(scope, contract), "its scope is not the contract's"],
    [contract?.targetRepository.path === admission?.path, "another repository is admitted", "approval/admission.json"],
    [predicate.target.realpath === admission?.path, "it approves another repository"],
    [predicate.target.headRef === `refs/heads/${admission?.branch ?? ""}`, "it approves another branch"],
    [
      predicate.target.headCommit === target["gitCommit"] && predicate.target.headTree === target["gitTree"],
      "its target and its subject differ",
    ],
    [isSameSet(predicate.target.rootCommits, admission?.rootCommits), "it approves a repository of other root commits"],
    ...inputStatements(reading, predicate),
    [
      base === undefined || (base.id === target["gitCommit"] && base.tree === target["gitTree"]),
      "it approves another base",
    ],
    [
      Date.parse(predicate.challenge.issuedAt) <= Date.parse(predicate.validity.notBefore),
      "it is older than its challenge",
    ],
    [
      isConsumedOnce(reading, predicate.approvalId),
      "it was not consumed by this run, once",
      "approval/consumption.json",
    ],
    [consumedInTime(events, predicate), "it was not valid when it was consumed"],
    [committedInTime(events, predicate), "the commit was made after its deadline"],
    [isCanonical(reading), "it is not the canonical form of one contract", "approval/contract.json"],
  ];
};

/** What no file of the bundle holds, as proof and report tell of it: by which build, under whose keys. */
const inputStatements = (
  { freshness, report, events }: Reading,
  { harness, authority }: ApprovalStatement["predicate"],
): readonly Statement[] => {
  const { build, signers } = freshness?.inputs ?? {};
  const said = { version: harness.version, buildSha256: harness.buildSha256 };
  // What a crash left may be finished by the build that follows; the gate and the commit were still the approved one's.
  const isFinishedLater = eventsOf(events, "run.recovered").length > 0;
  return [
    [isReadAs(build, harness.buildSha256), "it approves a run by another build"],
    [isReadAs(signers, authority.allowedSignersSha256), "it approves a run under another allowed_signers"],
    [
      report?.digests["build"] === build?.atGate && report?.digests["signers"] === signers?.atGate,
      "the report tells of another build or allowed_signers",
      "report.json",
    ],
    [
      isFinishedLater || JSON.stringify(report?.harness) === JSON.stringify(said),
      "the report is by another build than the approved one",
      "report.json",
    ],
  ];
};

type InputReadings = NonNullable<Reading["freshness"]>["inputs"][string];

/** The approved one at approval and gate, and at the commit where it was read again there. */
const isReadAs = (read: InputReadings | undefined, sha256: string): boolean =>
  read?.atApproval === sha256 && read.atGate === sha256 && (read.atCommit === sha256 || read.atCommit === "unknown");

const isSameSet = (one: readonly string[], other: readonly string[] | undefined): boolean =>
  JSON.stringify([...one].sort()) === JSON.stringify([...(other ?? [])].sort());

const isSameScope = (
  scope: ApprovalStatement["predicate"]["scope"],
  contract: NonNullable<Reading["records"]["contract"]>,
): boolean =>
  JSON.stringify([
    scope.allowedPaths,
    scope.forbiddenPaths,
    scope.allowedHosts,
    scope.forbiddenActions,
    scope.validation,
    scope.backend,
    scope.stage,
  ]) ===
  JSON.stringify([
    contract.allowedPaths,
    contract.forbiddenPaths,
    contract.allowedHosts,
    contract.forbiddenActions,
    contract.validation.argv,
    contract.executionGate.backend,
    contract.executionGate.stage,
  ]);

const challengeOf = ({ files }: Reading): { readonly nonce: string } | undefined =>
  readJson(files.get("approval/challenge.json"), z.object({ nonce: z.string() }));

const isConsumedOnce = ({ files, events, manifest }: Reading, approvalId: string): boolean => {
  const record = readJson(
    files.get("approval/consumption.json"),
    z.object({ type: z.literal("approval.consumed"), approvalId: z.string(), run: z.string() }),
  );
  const told = eventsOf(events, "approval.consumed");
  return (
    record?.approvalId === approvalId &&
    record.run === manifest?.run &&
    told.length > 0 &&
    told.every(({ data }) => data["approvalId"] === approvalId)
  );
};

// A gate that was killed tells of the same consumption again; the first one counts.
const consumedInTime = (events: Reading["events"], { validity }: ApprovalStatement["predicate"]): boolean =>
  eventsOf(events, "approval.consumed")
    .slice(0, 1)
    .every(
      ({ time }) =>
        Date.parse(time) >= Date.parse(validity.notBefore) && Date.parse(time) < Date.parse(validity.expiresAt),
    );

// A commit that was claimed in time is finished and told after a crash, however late that is (git.md 9).
const committedInTime = (events: Reading["events"], { validity }: ApprovalStatement["predicate"]): boolean =>
  eventsOf(events, "run.recovered").length > 0 ||
  eventsOf(events, "commit.created").every(({ time }) => Date.parse(time) < Date.parse(validity.executeBy));

// RFC 8785 as far as a contract needs it: sorted keys, no white space; it holds no number that could be written otherwise.
const isCanonical = ({ files }: Reading): boolean => {
  const text = textIn(files.get("approval/contract.json") ?? new Uint8Array());
  const json = text === undefined ? undefined : strictJson(text);
  return json !== undefined && (text === canonical(json.value) || text === `${canonical(json.value)}\n`);
};
