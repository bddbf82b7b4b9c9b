import { BUNDLE_NOT_CLAIMED } from "../bundle-table.ts";
import type { Report } from "../schemas/report.ts";
import { lowestLevel } from "./assurance.ts";
import { pathText } from "./check-paths.ts";
import { eventsOf } from "./events.ts";
import { isModelUseTold } from "./model-use.ts";
import type { Reading } from "./reading.ts";
import { fail, passUnless, type Check } from "./verdict.ts";

const ID = "report";
const FILE = "report.json";

/** Step 11: what the report says of run, approval, default activation and changes is what its sources say. */
export const checkReport = (reading: Reading): readonly Check[] => {
  const { report } = reading;
  if (report === undefined) return [fail(ID, "evidence/report-contradicted", "it does not read as report/v1", FILE)];
  const objections = [...sources(reading, report), ...approvalRows(reading, report), ...changeRows(reading, report)]
    .filter(([holds]) => !holds)
    .map(([, says]) => fail(ID, "evidence/report-contradicted", says, FILE));
  return passUnless(ID, objections, `${report.verdict}, as log, records and proofs say`);
};

type Statement = readonly [holds: boolean, says: string];

const sources = ({ manifest, events, records, ownedRepo }: Reading, report: Report): readonly Statement[] => {
  const activations = ["run.started", "gate.decided", "run.finished"]
    .flatMap((type) => eventsOf(events, type))
    .flatMap(({ data }) => (data["runtimeDefaultActivation"] === undefined ? [] : [data["runtimeDefaultActivation"]]));
  const change = ownedRepo?.change;
  return [
    [
      report.run === manifest?.run && report.work === manifest.work && report.kind === manifest.kind,
      "it is of another run",
    ],
    [report.verdict === manifest?.ending, "it tells another ending"],
    [isModelUseTold(events, report.model), "it tells another use of the model"],
    [report.notClaimed.join("\n") === notClaimedBy(report).join("\n"), "it leaves out what is not claimed"],
    [(report.commit === null) === (manifest?.reach !== "commit"), "it tells of a commit otherwise than the bundle"],
    [
      report.verdict !== "awaiting_outcome" || (!report.defaultActivation.before && !report.defaultActivation.after),
      "it awaits an outcome though default activation was not false",
    ],
    [
      activations.every(
        (active) => active === report.defaultActivation.before || active === report.defaultActivation.after,
      ),
      "the log tells another default activation",
    ],
    [
      report.task === null ||
        records.contract === undefined ||
        report.task.target === records.contract.targetRepository.path,
      "it tells another target",
    ],
    [
      report.verdict === "awaiting_outcome" ||
        report.ending.refusals.length > 0 ||
        report.ending.failure !== null ||
        report.ending.at !== "end",
      "it does not say why it ended so",
    ],
    [
      report.verdict !== "awaiting_outcome" || (report.ending.refusals.length === 0 && report.ending.failure === null),
      "it awaits an outcome and was refused",
    ],
    [
      report.verdict !== "awaiting_outcome" ||
        (change !== undefined && change !== "unknown" && change.clean && change.wrong.length === 0),
      "the target was not proven clean",
    ],
  ];
};

const notClaimedBy = ({ actions }: Report): readonly string[] => {
  const open = actions.filter(({ verdict }) => verdict === "not observed").map(({ action }) => action);
  const unprevented = open.length === 0 ? [] : [`prevention, by trying, of ${open.join(", ")}`];
  return [...BUNDLE_NOT_CLAIMED, ...unprevented, "model answers reproducible"];
};

const approvalRows = (reading: Reading, report: Report): readonly Statement[] => {
  const { records, digest, manifest } = reading;
  const [approval] = records.approvals;
  const record = approval?.record?.predicate;
  const told = report.approval;
  if (manifest?.reach === "gate")
    return [
      [
        told === null && (report.digests["approval"] ?? null) === null,
        "it tells of an approval, and the gate let none count",
      ],
    ];
  if (told === null) return [[approval === undefined, "it tells of no approval"]];
  const identity = told.assurance === "A2" || told.assurance === "A3" ? "verified" : "attested";
  return [
    [
      told.approvalId === record?.approvalId &&
        told.principal === record.approver.principal &&
        told.sentence === record.sentence &&
        told.keyFingerprint === record.approver.keyFingerprint,
      "it tells of another approval",
    ],
    [told.assurance === lowestLevel(reading), "it tells another assurance"],
    [
      told.quorum === undefined
        ? record?.quorum.required === 1
        : told.quorum.required === record?.quorum.required &&
          told.quorum.signed.map(({ principal }) => principal).join() ===
            records.approvals.map((one) => one.record?.predicate.approver.principal).join(),
      "it tells of another quorum",
    ],
    [told.identity === identity, "it calls an attested identity verified, or the other way"],
    [report.digests["approval"] === digest(approval?.file ?? ""), "it names another approval"],
    ...Object.entries(INPUTS).map(([input, file]): Statement => {
      const found = digest(file);
      return [found === undefined || report.digests[input] === found, `it names another ${input}`];
    }),
  ];
};

const INPUTS: Readonly<Record<string, string>> = {
  packet: "approval/packet.md",
  contract: "approval/contract.json",
  admission: "approval/admission.json",
  policy: "approval/policy.yaml",
  checks: "approval/checks.yaml",
};

const changeRows = ({ patch, commit }: Reading, report: Report): readonly Statement[] => {
  if (commit === undefined || patch === undefined || typeof patch === "string") return [];
  const patched = patch.map(({ path }) => pathText(path) ?? path).sort();
  const allowed = report.changes.filter(({ verdict }) => verdict === "allowed").map(({ path }) => path);
  const others = report.changes.filter(({ verdict }) => verdict !== "allowed" && verdict !== "scratch");
  return [
    [allowed.sort().join("\n") === patched.join("\n"), "its allowed changes are not the patch's"],
    [others.length === 0, "a change that is not allowed stands beside a commit"],
    [
      report.lines
        .map(({ path }) => path)
        .sort()
        .join("\n") === patched.join("\n"),
      "its changed lines are not the patch's",
    ],
    [report.lines.every(({ allowedBy }) => allowedBy !== null), "a changed line is permitted by nothing"],
  ];
};
