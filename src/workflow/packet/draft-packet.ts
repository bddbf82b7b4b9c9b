import type { WorkId } from "../ids.ts";
import { BASE_FORBIDDEN_PATHS, MACHINE_CRITERIA, type BackendKind } from "../vocabulary.ts";
import type { PacketFields } from "./write-packet.ts";

/** What an author has to say of a task; all else follows from it, from the target and from policy.yaml. */
export interface Draft {
  readonly work: WorkId;
  readonly title: string;
  readonly task: string;
  /** Paths that the target has, and such as are to be made. */
  readonly allowed: readonly string[];
  readonly made: readonly string[];
  /** What another packet forbade, from which this one is made: it is forbidden here as well. */
  readonly forbidden: readonly string[];
  readonly validation: readonly string[];
  /** What must be true afterwards, and which artifact of the evidence shows it. */
  readonly criteria: readonly { readonly text: string; readonly shownBy: string }[];
  readonly backend: BackendKind;
  readonly stage: number;
  readonly owner: string;
  readonly source: string;
  /** YYYY-MM-DD. */
  readonly today: string;
  readonly target: {
    readonly path: string;
    readonly branch: string;
    readonly admissionSource: string;
    readonly risk: string;
  };
  readonly template: Template;
}

/** What a risk class adds to every packet of it. */
export interface Template {
  readonly forbiddenPaths: readonly string[];
  readonly criteria: readonly string[];
}

/**
 * The template of a risk class: what policy.yaml forbids beside the base eight, and, where the class asks for a
 * hardware key, what may change how the target is built and a criterion on the measure of the change.
 */
export const templateOf = (policy: {
  readonly baseForbiddenPaths: readonly string[];
  readonly minimumAssurance: string;
}): Template => {
  const asked = extraOf(policy.baseForbiddenPaths);
  if (policy.minimumAssurance !== "A3") return { forbiddenPaths: asked, criteria: [] };
  return {
    forbiddenPaths: [...new Set([...asked, ...BUILD_PATHS])],
    criteria: ["Nothing is changed that the task does not name. Shown by `patch.diff`."],
  };
};

const BUILD_PATHS = ["Dockerfile", "Jenkinsfile", ".gitlab-ci.yml", ".circleci/", "migrations/"];

const extraOf = (paths: readonly string[]): readonly string[] => {
  const known: readonly string[] = BASE_FORBIDDEN_PATHS;
  return [...new Set(paths)].filter((path) => !known.includes(path));
};

/** The fields of the packet that says this. Lint what comes of it: nothing is judged here. */
export const fieldsOf = (draft: Draft): PacketFields => {
  const { title, task, made, allowed, target, template } = draft;
  const announced = made.map((path) => `new \`${path}\``).join(", ");
  const own = draft.criteria.map(({ text, shownBy }) => `${sentenceOf(text)} Shown by \`${shownBy}\`.`);
  return {
    name: packetNameOf(title),
    title,
    description: `Approval packet for ${draft.work}, ${labelOf(title)}.`,
    status: "validated",
    owner: draft.owner,
    source: draft.source,
    created: draft.today,
    lastReviewed: draft.today,
    work: draft.work,
    target: target.path,
    admissionSource: target.admissionSource,
    admissionStatus: "admitted",
    risk: target.risk,
    branch: target.branch,
    task: made.length === 0 ? sentenceOf(task) : `${sentenceOf(task).slice(0, -1)} (${announced}).`,
    label: labelOf(title),
    allowedPaths: [...allowed, ...made],
    extraForbiddenPaths: extraOf([...template.forbiddenPaths, ...draft.forbidden]),
    criteria: [...own, ...template.criteria, ...MACHINE_CRITERIA.keys()],
    validation: draft.validation,
    backend: draft.backend,
    stage: draft.stage,
  };
};

/** `cto-…-approval-packet`, from the words of the title. */
export const packetNameOf = (title: string): string => {
  const words = plainWords(title).toLowerCase();
  const stem = words.replaceAll(/[^a-z0-9]+/g, "-").replaceAll(/^-|-$/g, "");
  return `cto-${(stem === "" ? "task" : stem).replace(/^cto-/, "")}-approval-packet`;
};

/** The words of the sentence between `for the` and `task`: such as any keyboard can type. */
const labelOf = (title: string): string => {
  const words = plainWords(title).replaceAll(/[^\x20-\x7e]|["'`<>\\]/g, "");
  return words.replaceAll(/ +/g, " ").trim().slice(0, 120).trim();
};

// Letters with accents become plain ones where they are only that.
const plainWords = (text: string): string => text.normalize("NFKD").replaceAll(/\p{M}/gu, "");

const sentenceOf = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`);
