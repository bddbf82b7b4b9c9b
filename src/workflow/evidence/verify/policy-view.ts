import { textIn } from "./bytes.ts";
import type { Level } from "./records.ts";

/** What the verifier holds a run to of policy.yaml. */
export interface PolicyView {
  readonly riskClasses: ReadonlyMap<string, RiskClass>;
  readonly deniedAttempts: "record" | "void";
  readonly quorum: number;
  readonly eligible: readonly string[] | undefined;
  readonly authorMayApprove: boolean | undefined;
}

interface RiskClass {
  readonly minimumAssurance: Level;
  readonly minimumConfinement: "A" | "B" | "C";
}

/**
 * policy.yaml in its plain block form, each member on a line of its own; undefined for any other form. The Harness reads
 * YAML, this verifier only these lines: what it cannot read it does not guess.
 */
export const readPolicyView = (bytes: Uint8Array | undefined): PolicyView | undefined => {
  const sections = sectionsIn(textIn(bytes ?? new Uint8Array()) ?? "");
  const riskClasses = riskClassesIn(sections?.get("riskClasses"));
  const denied = sections?.get("deniedAttempts");
  const approval = sections?.get("approval") ?? { value: "", lines: [] };
  const asked = approval.value === "" ? approvalIn(approval.lines) : undefined;
  const deniedAttempts = DENIED.find((word) => word === denied?.value);
  if (riskClasses === undefined || asked === undefined) return undefined;
  return deniedAttempts === undefined || denied?.lines.length !== 0
    ? undefined
    : { riskClasses, deniedAttempts, ...asked };
};

const DENIED = ["record", "void"] as const;

interface Section {
  /** What stands behind the colon. */
  readonly value: string;
  /** The lines that are set in below it. */
  readonly lines: readonly string[];
}

const sectionsIn = (text: string): ReadonlyMap<string, Section> | undefined => {
  const sections = new Map<string, { readonly value: string; readonly lines: string[] }>();
  let last: string[] | undefined;
  for (const line of text.split("\n").map(withoutComment)) {
    if (line === "") continue;
    if (line.startsWith(" ")) {
      if (last === undefined) return undefined;
      last.push(line);
      continue;
    }
    const [, name, value = ""] = /^([A-Za-z]+):(?: +(\S.*))?$/.exec(line) ?? [];
    if (name === undefined || sections.has(name)) return undefined;
    last = [];
    sections.set(name, { value, lines: last });
  }
  return sections;
};

const withoutComment = (line: string): string => line.replace(/(?:^|\s)#.*$/, "").trimEnd();

const CLASS = /^ +([a-z][a-z0-9_]{0,63}):(?: +\{ ?(\S.*?) ?\})?$/;
const MEMBER = /^(?:minimumAssurance: +(A[0-3])|minimumConfinement: +([ABC]))$/;

const riskClassesIn = (section: Section | undefined): ReadonlyMap<string, RiskClass> | undefined => {
  if (section?.value !== "") return undefined;
  const members = new Map<string, string[]>();
  let last: string[] | undefined;
  for (const line of section.lines) {
    const [, name, inline] = CLASS.exec(line) ?? [];
    if (name === undefined) {
      last?.push(line.trim());
    } else {
      if (members.has(name)) return undefined;
      last = inline?.split(/, */) ?? [];
      members.set(name, last);
    }
    if (last === undefined) return undefined;
  }
  const classes = [...members].flatMap(([name, lines]) => {
    const read = riskClassIn(lines);
    return read === undefined ? [] : [[name, read] as const];
  });
  return classes.length > 0 && classes.length === members.size ? new Map(classes) : undefined;
};

const LEVELS: readonly Level[] = ["A0", "A1", "A2", "A3"];
const CONFINEMENTS = ["A", "B", "C"] as const;

const riskClassIn = (lines: readonly string[]): RiskClass | undefined => {
  const read = lines.map((line) => MEMBER.exec(line));
  const minimumAssurance = LEVELS.find((level) => read.some((member) => member?.[1] === level));
  const minimumConfinement = CONFINEMENTS.find((level) => read.some((member) => member?.[2] === level));
  return minimumAssurance === undefined || minimumConfinement === undefined || lines.length !== 2
    ? undefined
    : { minimumAssurance, minimumConfinement };
};

const approvalIn = (
  section: readonly string[],
): Pick<PolicyView, "quorum" | "eligible" | "authorMayApprove"> | undefined => {
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
