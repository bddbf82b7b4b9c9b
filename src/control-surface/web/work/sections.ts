import type { Contract } from "../../../workflow/contract/contract-form.ts";

/** One part of a contract as a reader has it; every entry is verbatim and none is left out. */
export interface Section {
  readonly title: string;
  /** The fields of the contract that it shows: a change of one of them belongs here. */
  readonly fields: readonly string[];
  readonly entries: readonly Entry[];
  /** `lines`: one entry beneath another; `row`: short words that need no line of their own. */
  readonly kind: "lines" | "row" | "numbered";
}

export interface Entry {
  readonly text: string;
  /** What the Harness adds to it, in its own words. */
  readonly note?: string;
  /** Prose of the packet, or letters that each count. */
  readonly kind: "prose" | "code";
}

/** The whole contract, in the order in which it is read (surface.md 4.2). What no section names stands in the last. */
export const sectionsOf = (contract: Contract): readonly Section[] => {
  const { targetRepository: target, executionGate: gate } = contract;
  return [
    section("Task", ["task"], "lines", [
      prose(contract.task.statement),
      prose(contract.task.label, "its name in the sentence"),
    ]),
    section("Target", ["targetRepository"], "lines", [
      code(target.path),
      prose(`${target.observedState.branch} branch, clean, ${target.observedState.when}`),
      prose(`${target.admissionStatus}, ${target.riskClassification}, owner ${target.owner}`),
      code(target.admissionSource, "where its admission stands"),
    ]),
    section("May write", ["allowedPaths"], "lines", contract.allowedPaths.map(plain)),
    ...(contract.allowedHosts === undefined
      ? []
      : [section("May reach", ["allowedHosts"], "lines", contract.allowedHosts.map(plain))]),
    section("Must not touch", ["forbiddenPaths"], "row", contract.forbiddenPaths.map(plain)),
    section("Must not do", ["forbiddenActions"], "row", contract.forbiddenActions.map(plain)),
    section("Validation", ["validation"], "row", contract.validation.argv.map(plain)),
    section(
      "Criteria",
      ["successCriteria"],
      "numbered",
      contract.successCriteria.map(({ id, check, text }) => prose(text, `${id}, ${JUDGED[check]}`)),
    ),
    section("Rollback", ["rollback", "commits", "runtimeDefaultActivation"], "lines", [
      ...contract.rollback.text.map((text) => prose(text)),
      prose(`${contract.commits} commit, made by the Harness; default activation ${contract.runtimeDefaultActivation}`),
    ]),
    section("Gate variables", ["executionGate"], "lines", [
      prose(`backend ${gate.backend}, stage ${gate.stage}`),
      ...Object.entries(gate.env).map(([name, rule]) =>
        code(`${name} ${"equals" in rule ? `equals ${rule.equals}` : `is ${rule.is}`}`),
      ),
      prose(`the backend chooses none of: ${gate.backendMustNotChoose.join(", ")}`),
    ]),
    section("Evidence", ["evidenceRequired"], "numbered", contract.evidenceRequired.map(plain)),
    section("Packet", ["packet", "owner", "workItem", "schema", "requiredApproval"], "lines", [
      code(contract.packet),
      prose(`${contract.workItem}, owner ${contract.owner}, ${contract.schema}`),
      code(contract.requiredApproval, "the sentence that approves it"),
    ]),
  ];
};

/** The section that a field of a contract stands in; a field that nobody knows stands in the last one. */
export const sectionOfField = (sections: readonly Section[], field: string): Section | undefined =>
  sections.find(({ fields }) => fields.includes(field)) ?? sections.at(-1);

const section = (
  title: string,
  fields: readonly string[],
  kind: Section["kind"],
  entries: readonly Entry[],
): Section => ({ title, fields, kind, entries });

const prose = (text: string, note?: string): Entry => ({
  text,
  kind: "prose",
  ...(note === undefined ? {} : { note }),
});

const code = (text: string, note?: string): Entry => ({ text, kind: "code", ...(note === undefined ? {} : { note }) });

const plain = (text: string): Entry => code(text);

const JUDGED = {
  "target-clean": "proven by the Harness",
  "evidence-complete": "proven by the Harness",
  "replay-paths": "proven by the Harness",
  "default-activation-false": "proven by the Harness",
  "owner-judged": "for the owner's eye: no machine proves it",
} as const;
