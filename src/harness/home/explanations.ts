import { FAILURES, isFailureCode } from "../../workflow/failure.ts";
import { FINDINGS, isFindingCode, type FindingCode } from "../../workflow/finding.ts";
import { switchesOf, type Switches } from "../../workflow/gate/switches.ts";
import { isRefusalCode, meaningOf, REFUSALS } from "../../workflow/refusal.ts";
import { SHOWN_STATES, STATE_WORDS, type ShownState } from "../../workflow/state-words.ts";
import { BACKEND_KINDS, BACKEND_NAMES, type BackendKind } from "../../workflow/vocabulary.ts";
import type { Explanation } from "../objects/explanation.ts";
import { DOCTOR_CHECKS, isDoctorId } from "./doctor-checks.ts";

const DOCS = "ARCHITECTURE.md";

/** What anything that cto prints means; undefined for a name that it never prints. */
export const explanationOf = (name: string): Explanation | undefined => {
  const doctorId = name.startsWith("doctor/") ? (name.split("/")[1] ?? "") : "";
  if (isRefusalCode(name)) return ofRefusal(name);
  if (isFailureCode(name)) return ofFailure(name);
  if (isFindingCode(name)) return ofFinding(name);
  if (name === "states") return ofStates();
  if (isState(name)) return ofState(name);
  if (isDoctorId(doctorId)) return ofCheck(doctorId);
  return ofExit(name) ?? ofVariable(name) ?? ofBackend(name);
};

const ofRefusal = (code: keyof typeof REFUSALS): Explanation => {
  const { says, why, next } = meaningOf(code);
  return { code, kind: "refusal", message: open(says), why, next: [open(next)], docs: DOCS };
};

// The facts of a real refusal stand where these marks are.
const open = (text: string): string => text.replaceAll(/\{(\w+)\}/g, "<$1>");

const ofFailure = (code: keyof typeof FAILURES): Explanation => ({
  code,
  kind: "failure",
  message: `The world broke: ${code.replace("/", ": ").replaceAll("-", " ")}. The command ends with exit 4.`,
  why: "A failure is no answer about the work: a tool, a disk or a database did not do its part.",
  next: [FAILURES[code]],
  docs: DOCS,
});

const ofFinding = (code: FindingCode): Explanation => {
  const { says, why } = FINDINGS[code];
  const next = ["cto show RUN names it; cto outcome RUN --accept has to name it with --acknowledge"];
  return { code, kind: "finding", message: says, why, next, docs: DOCS };
};

const isState = (name: string): name is ShownState => SHOWN_STATES.some((state) => state === name);

const ofState = (state: ShownState): Explanation => {
  const { word, subject, event, next } = STATE_WORDS[state];
  const message = `${open(word)}. A state of a ${subject}, shown since ${event}.`;
  return { code: state, kind: "state", message, why: "", next: [next], docs: DOCS };
};

const ofStates = (): Explanation => ({
  code: "states",
  kind: "states",
  message: SHOWN_STATES.map((state) => `${state.padEnd(20)} ${open(STATE_WORDS[state].word)}`).join("\n"),
  why: "Of several states that apply to one work item, the first of this list is the one shown.",
  next: ["cto status", "cto explain STATE"],
  docs: DOCS,
});

const EXITS: Readonly<Record<string, { readonly says: string; readonly next: string }>> = {
  "0": { says: "Done: the command did what it was asked.", next: "nothing" },
  "1": {
    says: "A bug of cto: an assumption of the program did not hold.",
    next: "report it with the output of the same command and -v",
  },
  "2": {
    says: "Usage: the command line cannot be followed, or names something that is not there.",
    next: "cto COMMAND --help",
  },
  "3": {
    says: "Refused: every reason was told, and nothing was started or written.",
    next: "cto explain CODE for each reason",
  },
  "4": { says: "Failed: the world broke, such as a tool, a disk or the ledger.", next: "cto doctor" },
  "5": { says: "The evidence does not verify: FAIL, or not proven.", next: "cto verify RUN -v" },
  "6": { says: "Voided: the run was ended, no commit was made, the target is as it was.", next: "cto show RUN" },
  "78": { says: "The wrong Node: cto needs 24 or newer.", next: "script/bootstrap in a clone, or install Node 24" },
  "130": { says: "Stopped, by Ctrl-C, TERM or cto stop.", next: "cto show RUN" },
};

const ofExit = (name: string): Explanation | undefined => {
  const code = name.replace(/^exit[ /-]?/, "");
  const exit = Object.hasOwn(EXITS, code) ? EXITS[code] : undefined;
  if (exit === undefined) return undefined;
  return { code: name, kind: "exit code", message: exit.says, why: "", next: [exit.next], docs: DOCS };
};

const VARIABLES: Readonly<Record<keyof Switches, { readonly says: string; readonly next: string }>> = {
  allow: {
    says: "Must be 1, no other spelling, for the gate to let backend NAME start.",
    next: "set it for one command only: VARIABLE=1 cto run WORK-ID",
  },
  stage: {
    says: "Must be the stage of the contract, such as 5, for backend NAME.",
    next: "set it for one command only: VARIABLE=5 cto run WORK-ID",
  },
  admissionFile: {
    says: "Must lead to the very Admission record that the packet names, for backend NAME.",
    next: "VARIABLE=.sot/03-PROTOCOLS/….json cto run WORK-ID",
  },
  outcome: {
    says: "Must be unset when a run of backend NAME starts: an outcome is recorded after verification.",
    next: "unset VARIABLE, later cto outcome RUN",
  },
};

const variables = (): readonly (readonly [
  name: string,
  kind: (typeof BACKEND_KINDS)[number],
  part: keyof Switches,
])[] =>
  BACKEND_KINDS.flatMap((kind) => {
    const { allow, stage, admissionFile, outcome } = switchesOf(kind);
    return [
      [allow, kind, "allow"],
      [stage, kind, "stage"],
      [admissionFile, kind, "admissionFile"],
      [outcome, kind, "outcome"],
    ] as const;
  });

const CASE_BIN = "CTO_HARNESS_CASE_BIN";

const ofVariable = (name: string): Explanation | undefined => {
  if (name === CASE_BIN) {
    const message = "The program that backend case starts, where policy.yaml names none.";
    return {
      code: name,
      kind: "variable",
      message,
      why: "It names a program; it opens no gate.",
      next: ["cto gate WORK-ID shows what stands behind it"],
      docs: DOCS,
    };
  }
  const found = variables().find(([variable]) => variable === name);
  if (found === undefined) return undefined;
  const [code, kind, part] = found;
  const { says, next } = VARIABLES[part];
  const why =
    "The operator's own switch for one run: necessary and never sufficient, without the owner's approval it opens nothing.";
  return {
    code,
    kind: "variable",
    message: says.replace("NAME", BACKEND_NAMES[kind]),
    why,
    next: [next.replace("VARIABLE", code)],
    docs: DOCS,
  };
};

const BACKENDS: Readonly<Record<BackendKind, string>> = {
  scripted: "An agent without a model that plays a file of steps: policy.yaml names it at backends.scripted.steps.",
  acp: "Any agent that speaks the Agent Client Protocol.",
  command: "A program that is started once, without a conversation.",
  case: "workos/case, driven as the program ca: policy.yaml names it at backends.case.binary, else CTO_HARNESS_CASE_BIN.",
};

const ofBackend = (name: string): Explanation | undefined => {
  const kind = BACKEND_KINDS.find((each) => each === name.toLowerCase());
  if (kind === undefined) return undefined;
  const why =
    "A packet names its backend; no backend is a default. It works only in the sandbox, and what it says is a claim.";
  const { allow, stage, admissionFile } = switchesOf(kind);
  const next = `${allow}, ${stage} and ${admissionFile} open the gate for it; cto gate WORK-ID shows what is missing`;
  return { code: kind, kind: "backend", message: BACKENDS[kind], why, next: [next], docs: DOCS };
};

const ofCheck = (id: keyof typeof DOCTOR_CHECKS): Explanation => {
  const { asks, why } = DOCTOR_CHECKS[id];
  return {
    code: `doctor/${id}`,
    kind: "check",
    message: `cto doctor asks whether ${asks}.`,
    why,
    next: [`cto doctor --only ${id}`],
    docs: DOCS,
  };
};

/** Every name that can be explained, by kind. */
export const TOPICS: readonly { readonly kind: string; readonly names: readonly string[] }[] = [
  { kind: "refusals", names: Object.keys(REFUSALS) },
  { kind: "failures", names: Object.keys(FAILURES) },
  { kind: "states", names: ["states", ...SHOWN_STATES] },
  { kind: "exit codes", names: Object.keys(EXITS) },
  { kind: "variables", names: [...variables().map(([name]) => name), CASE_BIN] },
  { kind: "backends", names: BACKEND_KINDS },
  { kind: "checks", names: Object.keys(DOCTOR_CHECKS).map((id) => `doctor/${id}`) },
];
