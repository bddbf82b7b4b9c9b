import { eventsOf } from "./events.ts";
import { readPolicyView, type PolicyView } from "./policy-view.ts";
import type { Reading } from "./reading.ts";
import type { AdmissionView } from "./records.ts";
import { fail, notProven, pass, passUnless, type Check } from "./verdict.ts";

const ID = "limits";
const [ADMISSION, POLICY] = ["approval/admission.json", "approval/policy.yaml"] as const;

/** Step 4, the limits that humans set: the admission was in force for this order, and policy.yaml allows such a run. */
export const checkLimits = (reading: Reading): readonly Check[] => {
  const { manifest, records, files } = reading;
  if (manifest?.reach === "gate") return [pass(ID, "no permit was given")];
  const off = (says: string, file: string): Check => fail(ID, "evidence/binding-differs", says, file);
  const { admission } = records;
  if (admission === undefined) return [off("without an admission nothing was allowed", ADMISSION)];
  const policy = readPolicyView(files.get(POLICY));
  const objections = [
    ...admissionStatements(reading, admission).flatMap(([holds, says]) => (holds ? [] : [off(says, ADMISSION)])),
    ...(policy === undefined ? [] : policyStatements(reading, policy, admission.riskClassification)).flatMap(
      ([holds, says]) => (holds ? [] : [off(says, POLICY)]),
    ),
  ];
  if (objections.length === 0 && policy === undefined)
    return [notProven(ID, "it is in a form that is not read here", POLICY)];
  return passUnless(ID, objections, `risk class ${admission.riskClassification}, admission and policy allow this run`);
};

type Statement = readonly [holds: boolean, says: string];

const admissionStatements = ({ records, events }: Reading, admission: AdmissionView): readonly Statement[] => {
  const { contract } = records;
  const { owner, riskClassification, stages, backends, admittedAt, expiresAt } = admission;
  const gate = contract?.executionGate;
  // A gate that was killed tells of the same consumption again; the first one counts.
  const used = Date.parse(eventsOf(events, "approval.consumed")[0]?.time ?? "");
  const approved = records.approvals.map(({ record }) => record?.predicate.admission);
  return [
    [Date.parse(admittedAt) <= used && used < Date.parse(expiresAt), "it was not in force when the approval was used"],
    [gate !== undefined && stages.includes(gate.stage), "it admits no such stage"],
    [gate !== undefined && backends.includes(gate.backend), "it admits no such backend"],
    [
      contract?.owner === owner && contract.targetRepository.owner === owner,
      "it is by another owner than the contract's",
    ],
    [
      contract?.targetRepository.riskClassification === riskClassification &&
        approved.every((said) => said?.riskClass === riskClassification),
      "contract or approval tell another risk class",
    ],
    [
      approved.every((said) => said?.path === contract?.targetRepository.admissionSource),
      "the approval names another admission than the contract",
    ],
  ];
};

const policyStatements = (
  { manifest, confinement, events }: Reading,
  { riskClasses, deniedAttempts }: PolicyView,
  risk: string,
): readonly Statement[] => {
  const allowed = riskClasses.get(risk);
  const isCommitted = manifest?.reach === "commit";
  // What was found afterwards among the changes is judged as a change, whatever stands here.
  const denied = eventsOf(events, "sandbox.attempt").filter(({ subject }) => !subject.startsWith("stray/"));
  const isOpened = isCommitted || confinement?.sandboxes.length !== 0;
  return [
    [allowed !== undefined, `it allows no run of risk class ${risk}`],
    [
      allowed === undefined || !isOpened || isConfined(confinement?.level, allowed.minimumConfinement),
      `it demands confinement ${allowed?.minimumConfinement ?? ""}, the run had ${confinement?.level ?? "none"}`,
    ],
    [
      deniedAttempts === "record" || !isCommitted || denied.length === 0,
      "it ends a run with a denied attempt, and this one went on to its commit",
    ],
  ];
};

const CONFINEMENTS = ["A", "B", "C"];

/** A is the strongest; what is no level at all is none. */
const isConfined = (level: string | undefined, minimum: string): boolean => {
  const at = CONFINEMENTS.indexOf(level ?? "");
  return at >= 0 && at <= CONFINEMENTS.indexOf(minimum);
};
