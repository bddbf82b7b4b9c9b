import type { PacketGround } from "../harness/packet/packet-ground.ts";
import { nearest } from "../workflow/nearest.ts";
import type { Draft } from "../workflow/packet/draft-packet.ts";
import type { Packet } from "../workflow/packet/packet.ts";
import { visible } from "../workflow/visible-text.ts";
import { BACKEND_KINDS, checkOf, REQUIRED_EVIDENCE } from "../workflow/vocabulary.ts";
import { LEFT, type Guide, type Left } from "./guide.ts";

/** What the command line says of a new packet. */
export interface NewPacketFlags {
  readonly id?: string;
  readonly title?: string;
  readonly target?: string;
  readonly task?: string;
  readonly allow?: readonly string[];
  readonly make?: readonly string[];
  readonly validate?: string;
  readonly criterion?: readonly string[];
  readonly shownBy?: readonly string[];
  readonly backend?: string;
  readonly risk?: string;
  readonly from?: string;
  readonly baseline: boolean;
}

/** The author's part of a packet. */
export type PacketAnswers = Pick<
  Draft,
  "title" | "task" | "allowed" | "made" | "forbidden" | "validation" | "criteria" | "backend"
>;

/** The flags that are lacking, or what cannot be written of them. */
export type Wanting = { readonly missing: readonly string[] } | { readonly wrong: string } | Left;

/** The answers from flags and, of another packet, what they leave out; at a terminal the rest is asked. */
export const packetAnswers = async (
  flags: NewPacketFlags,
  { committed, admission }: PacketGround,
  from: Packet | undefined,
  guide: Guide | undefined,
): Promise<PacketAnswers | Wanting> => {
  const wrong = wrongIn(flags, committed.entries);
  if (wrong !== undefined) return { wrong };
  const only =
    admission === "absent" || admission.record.backends.length !== 1 ? undefined : admission.record.backends[0];
  const known = {
    title: flags.title,
    task: flags.task ?? from?.task.value,
    allowed: flags.allow ?? (flags.make === undefined ? from?.allowedPaths.map(({ value }) => value) : []),
    validate: flags.validate ?? from?.validation.value.join(" "),
    criteria: criteriaOf(flags) ?? (from === undefined ? undefined : criteriaFrom(from)),
    backend: BACKEND_KINDS.find((kind) => kind === flags.backend) ?? from?.gate.backend.value ?? only,
  };
  const made = flags.make ?? [];
  const missing = (["title", "task", "allowed", "validate", "criteria", "backend"] as const).filter(
    (name) => known[name] === undefined,
  );
  if (missing.length > 0 && guide === undefined) return { missing: missing.map((name) => FLAG[name]) };
  const asked = guide === undefined ? undefined : new Asking(guide);
  const title = known.title ?? (await asked?.text("What is it called?", titleProblem)) ?? LEFT;
  if (title === LEFT) return LEFT;
  const task =
    known.task ?? (await asked?.text("What is to be done? One sentence; the agent is told it.", plainProblem)) ?? LEFT;
  if (task === LEFT) return LEFT;
  const paths = [...committed.entries].flatMap(([path, kind]) =>
    kind === "file" ? [{ value: path }] : kind === "folder" ? [{ value: `${path}/`, hint: "all beneath it" }] : [],
  );
  const allowed = known.allowed ?? (await guide?.some("What may it write? Type to find files.", paths)) ?? LEFT;
  if (allowed === LEFT) return LEFT;
  const validate =
    known.validate ?? (await asked?.text("Which command proves it, run in the target?", commandProblem)) ?? LEFT;
  if (validate === LEFT) return LEFT;
  const criteria = known.criteria ?? (await asked?.criteria()) ?? LEFT;
  if (criteria === LEFT) return LEFT;
  const backend =
    known.backend ??
    (await guide?.one(
      "Which backend does it?",
      BACKEND_KINDS.map((value) => ({ value })),
    )) ??
    LEFT;
  if (backend === LEFT) return LEFT;
  const kind = BACKEND_KINDS.find((each) => each === backend);
  if (kind === undefined) throw new TypeError("one of those that were offered");
  const forbidden = from?.forbiddenPaths.map(({ value }) => value) ?? [];
  return { title, task, allowed, made, forbidden, validation: validate.split(" "), criteria, backend: kind };
};

/** What shows a criterion of which nothing is said; the first that is offered. */
const SHOWN_BY = "patch.diff";

const FLAG = {
  title: "--title",
  task: "--task",
  allowed: "--allow",
  validate: "--validate",
  criteria: "--criterion",
  backend: "--backend",
} as const;

class Asking {
  readonly #guide: Guide;
  constructor(guide: Guide) {
    this.#guide = guide;
  }

  text(question: string, problem: (given: string) => string | undefined): Promise<string | Left> {
    return this.#guide.text(question, { problem });
  }

  /** One criterion after the other, each with what shows it, until an empty one. */
  async criteria(): Promise<PacketAnswers["criteria"] | Left> {
    const told: { readonly text: string; readonly shownBy: string }[] = [];
    for (;;) {
      const isFirst = told.length === 0;
      const question = isFirst ? "What must be true afterwards?" : "What else? Leave it empty when that is all.";
      const text = await this.#guide.text(question, {
        problem: (given) => (given === "" && !isFirst ? undefined : plainProblem(given)),
      });
      if (text === LEFT) return LEFT;
      if (text === "") return told;
      const shownBy = await this.#guide.one(
        "Which artifact shows it?",
        [SHOWN_BY, ...REQUIRED_EVIDENCE.filter((name) => name !== SHOWN_BY)].map((value) => ({ value })),
      );
      if (shownBy === LEFT) return LEFT;
      told.push({ text, shownBy });
    }
  }
}

const criteriaOf = ({ criterion, shownBy = [] }: NewPacketFlags): PacketAnswers["criteria"] | undefined =>
  criterion?.map((text, at) => ({ text, shownBy: shownBy[at] ?? SHOWN_BY }));

// What a packet of ours says of its evidence is said again, and not twice.
const criteriaFrom = ({ criteria }: Packet): PacketAnswers["criteria"] =>
  criteria.flatMap(({ value }) => {
    if (checkOf(value) !== "owner-judged") return [];
    const [, text = value, shownBy = SHOWN_BY] = /^(.*) Shown by `([^`]+)`\.$/.exec(value) ?? [];
    return [{ text, shownBy }];
  });

const wrongIn = (flags: NewPacketFlags, entries: PacketGround["committed"]["entries"]): string | undefined => {
  const { title, task, validate, criterion = [], shownBy = [], allow = [], make = [], backend } = flags;
  const problems = [
    title === undefined ? undefined : told("--title", titleProblem(title)),
    task === undefined ? undefined : told("--task", plainProblem(task)),
    validate === undefined ? undefined : told("--validate", commandProblem(validate)),
    ...criterion.map((text) => told("--criterion", plainProblem(text))),
    ...shownBy.map((name) =>
      REQUIRED_EVIDENCE.some((known) => known === name)
        ? undefined
        : `--shown-by takes one of ${REQUIRED_EVIDENCE.join(", ")}`,
    ),
    shownBy.length > criterion.length ? "--shown-by goes with the criterion before it, and there are more" : undefined,
    ...allow.map((path) => pathProblem(path, entries)),
    ...make.map((path) =>
      entries.has(path.replace(/\/$/, "")) ? `--make ${visible(path)} is there already; --allow names it` : undefined,
    ),
    backend !== undefined && !BACKEND_KINDS.some((kind) => kind === backend)
      ? `--backend takes one of ${BACKEND_KINDS.join(", ")}`
      : undefined,
  ];
  return problems.find((problem) => problem !== undefined);
};

const told = (flag: string, problem: string | undefined): string | undefined =>
  problem === undefined ? undefined : `${flag} ${problem}`;

/** Real paths are completed, and a mistyped one is told before it is written. */
const pathProblem = (path: string, entries: PacketGround["committed"]["entries"]): string | undefined => {
  if (/[*?]/.test(path)) return undefined;
  const found = entries.get(path.replace(/\/$/, ""));
  if (found !== undefined && (found === "folder") === path.endsWith("/")) return undefined;
  const names = [...entries].map(([name, kind]) => (kind === "folder" ? `${name}/` : name));
  const near = found === "folder" ? [`${path}/`] : nearest(path, names);
  const meant = near.length === 0 ? "" : `; did you mean ${near.map(visible).join(" or ")}?`;
  return `--allow ${visible(path)} is not in the target${meant} What is still to be made is named by --make`;
};

const plainProblem = (given: string): string | undefined => {
  if (given.trim() === "" || given.trim() !== given) return "takes words, without a space around them";
  return /[\p{C}\p{Zl}\p{Zp}]/u.test(given) || given.length > 500
    ? "takes one line of at most 500 characters"
    : undefined;
};

const titleProblem = (given: string): string | undefined => {
  if (!/^[\p{L}\p{N}]/u.test(given) || !/[a-z0-9]/i.test(given)) return "begins with a letter and has plain ones";
  return given.length > 100 ? "takes at most 100 characters" : plainProblem(given);
};

const commandProblem = (given: string): string | undefined =>
  /^[A-Za-z0-9_./][A-Za-z0-9_./=:,+@%-]*(?: [A-Za-z0-9_./=:,+@%-]+)*$/.test(given)
    ? undefined
    : "takes one command of plain words; it runs without a shell";
