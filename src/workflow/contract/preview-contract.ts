import { noticeLine } from "../packet/fixed-words.ts";
import type { Packet, Placed } from "../packet/packet.ts";
import type { Contract, Criterion, CriterionCheck } from "./contract.ts";

/**
 * The whole contract in plain text, as the owner sees it before the words are asked for. The digest of exactly these
 * bytes enters the Approval record (R027), so nothing here depends on a terminal, a clock or a locale.
 */
export const previewContract = (
  packet: Packet,
  contract: Contract,
  digests: Readonly<Record<string, string>>,
): string => {
  const { targetRepository: target, executionGate: gate } = contract;
  const lines = [
    `${contract.workItem}  ${packet.title.value}`,
    "",
    ...section("Packet", [
      packet.source.path,
      packet.frontmatter.description.value,
      `status ${packet.frontmatter.status.value}, owner ${contract.owner}, source ${packet.frontmatter.source.value}`,
      `created ${packet.frontmatter.created.value}, last reviewed ${packet.frontmatter.last_reviewed.value}`,
    ]),
    ...section("Target Repository", [
      target.path,
      `admission ${target.admissionStatus} by ${target.admissionSource}`,
      `owner ${target.owner}, risk ${target.riskClassification}`,
      `clean ${target.observedState.branch} branch ${target.observedState.when}`,
    ]),
    ...section("Task", [contract.task.statement]),
    ...section("Allowed paths: nothing else may change", listed(packet.allowedPaths)),
    ...section(
      "Forbidden paths: at any depth, in any case, with all beneath; forbidden wins",
      listed(packet.forbiddenPaths),
    ),
    ...(contract.allowedHosts === undefined
      ? []
      : section(
          "Allowed network hosts: the agent may send them whatever it can read; the Harness does not see what",
          listed(packet.allowedHosts),
        )),
    ...section("Forbidden actions", contract.forbiddenActions),
    ...section("Success criteria", contract.successCriteria.flatMap(criterionLines)),
    ...section("Validation, run by the Harness without a shell", [JSON.stringify(contract.validation.argv)]),
    ...section("Commits and rollback", [
      `${contract.commits} commit, made by the Harness; runtime default activation ${contract.runtimeDefaultActivation}`,
      ...contract.rollback.text,
    ]),
    ...section(`Execution gate: backend ${gate.backend}, stage ${gate.stage}`, [
      ...Object.entries(gate.env).map(
        ([name, rule]) => `${name} ${"equals" in rule ? `equals ${rule.equals}` : `is ${rule.is}`}`,
      ),
      `the backend chooses none of: ${gate.backendMustNotChoose.join(", ")}`,
    ]),
    ...section("Evidence required", contract.evidenceRequired),
    ...section("Other words of the packet: they enforce nothing", listed(packet.prose)),
    ...section("Non-Authority Notice", [noticeLine(gate.backend, contract.owner)]),
    ...section(
      "Digests (SHA-256)",
      Object.entries(digests).map(([name, digest]) => `${name} ${digest}`),
    ),
    ...section("Required approval, exactly these words", [contract.requiredApproval]),
  ];
  return lines.join("\n");
};

const section = (title: string, lines: readonly string[]): readonly string[] => [
  title,
  ...(lines.length === 0 ? ["  none"] : lines.map((line) => `  ${line}`)),
  "",
];

const listed = (values: readonly Placed<string>[]): readonly string[] =>
  values.map(({ value, at }) => `${value}    (line ${at.line})`);

const criterionLines = ({ id, check, text }: Criterion): readonly string[] => [
  `${id}  ${text}`,
  `    ${JUDGED[check]}`,
];

const JUDGED: Readonly<Record<CriterionCheck, string>> = {
  "target-clean": "proven by the Harness: target-clean",
  "evidence-complete": "proven by the Harness: evidence-complete",
  "replay-paths": "proven by the Harness: replay-paths",
  "default-activation-false": "proven by the Harness: default-activation-false",
  "owner-judged": "judged by the owner at the outcome; no machine proves it",
};
