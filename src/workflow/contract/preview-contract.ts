import { noticeLine } from "../packet/fixed-words.ts";
import type { Packet, Placed } from "../packet/packet.ts";
import type { ContractView, ViewSection } from "./contract-view.ts";
import type { Contract, Criterion, CriterionCheck } from "./contract.ts";

/** The whole contract, section by section. Nothing here depends on a terminal, a clock or a locale. */
export const contractView = (
  packet: Packet,
  contract: Contract,
  digests: Readonly<Record<string, string>>,
): ContractView => {
  const { targetRepository: target, executionGate: gate } = contract;
  const sections = [
    section(
      "Packet",
      ["packet", "owner", "workItem"],
      [
        packet.source.path,
        packet.frontmatter.description.value,
        `status ${packet.frontmatter.status.value}, owner ${contract.owner}, source ${packet.frontmatter.source.value}`,
        `created ${packet.frontmatter.created.value}, last reviewed ${packet.frontmatter.last_reviewed.value}`,
      ],
    ),
    section(
      "Target Repository",
      ["targetRepository"],
      [
        target.path,
        `admission ${target.admissionStatus} by ${target.admissionSource}`,
        `owner ${target.owner}, risk ${target.riskClassification}`,
        `clean ${target.observedState.branch} branch ${target.observedState.when}`,
      ],
    ),
    section("Task", ["task"], [contract.task.statement]),
    section("Allowed paths: nothing else may change", ["allowedPaths"], listed(packet.allowedPaths)),
    section(
      "Forbidden paths: at any depth, in any case, with all beneath; forbidden wins",
      ["forbiddenPaths"],
      listed(packet.forbiddenPaths),
    ),
    ...(contract.allowedHosts === undefined
      ? []
      : [
          section(
            "Allowed network hosts: the agent may send them whatever it can read; the Harness does not see what",
            ["allowedHosts"],
            listed(packet.allowedHosts),
          ),
        ]),
    section("Forbidden actions", ["forbiddenActions"], contract.forbiddenActions),
    section("Success criteria", ["successCriteria"], contract.successCriteria.flatMap(criterionLines)),
    section(
      "Validation, run by the Harness without a shell",
      ["validation"],
      [JSON.stringify(contract.validation.argv)],
    ),
    section(
      "Commits and rollback",
      ["commits", "runtimeDefaultActivation", "rollback"],
      [
        `${contract.commits} commit, made by the Harness; runtime default activation ${contract.runtimeDefaultActivation}`,
        ...contract.rollback.text,
      ],
    ),
    section(
      `Execution gate: backend ${gate.backend}, stage ${gate.stage}`,
      ["executionGate"],
      [
        ...Object.entries(gate.env).map(
          ([name, rule]) => `${name} ${"equals" in rule ? `equals ${rule.equals}` : `is ${rule.is}`}`,
        ),
        `the backend chooses none of: ${gate.backendMustNotChoose.join(", ")}`,
      ],
    ),
    section("Evidence required", ["evidenceRequired"], contract.evidenceRequired),
    section("Other words of the packet: they enforce nothing", [], listed(packet.prose)),
    section("Non-Authority Notice", [], [noticeLine(gate.backend, contract.owner)]),
    section(
      "Digests (SHA-256)",
      [],
      Object.entries(digests).map(([name, digest]) => `${name} ${digest}`),
    ),
    section("Required approval, exactly these words", ["requiredApproval"], [contract.requiredApproval]),
  ];
  return { title: `${contract.workItem}  ${packet.title.value}`, sections };
};

/** The same in plain text. The digest of exactly these bytes enters the Approval record (R027). */
export const viewText = ({ title, sections }: ContractView): string =>
  [
    title,
    "",
    ...sections.flatMap(({ heading, lines }) => [
      heading,
      ...(lines.length === 0 ? ["  none"] : lines.map((line) => `  ${line}`)),
      "",
    ]),
  ].join("\n");

export const section = (heading: string, fields: ViewSection["fields"], lines: readonly string[]): ViewSection => ({
  heading,
  fields,
  lines,
});

const listed = (values: readonly Placed<string>[]): readonly string[] =>
  values.map(({ value, at }) => `${value}    (line ${at.line})`);

const criterionLines = ({ id, check, text }: Criterion): readonly string[] => [
  `${id}  ${text}`,
  `    ${JUDGED[check]}`,
];

const JUDGED: Readonly<Record<CriterionCheck, string>> = {
  "target-clean": "the Harness is to prove it: target-clean",
  "evidence-complete": "the Harness is to prove it: evidence-complete",
  "replay-paths": "the Harness is to prove it: replay-paths",
  "default-activation-false": "the Harness is to prove it: default-activation-false",
  "owner-judged": "judged by the owner at the outcome; no machine proves it",
};
