import { z } from "zod";

/** What has to come of an attack. */
const EXPECTATIONS = ["BLOCK-GATE", "CONTAIN", "VOID", "DETECT", "REFUSE"] as const;
type Expectation = (typeof EXPECTATIONS)[number];

/** When somebody acts on the host: at a point of the story, or in the very moment in which a fact is written. */
type Moment = "prepared" | "admitted" | "approved" | "sealed" | `event:${string}`;

export interface HostAct {
  readonly at: Moment;
  /** A bash script, with `set -e`, in the target; `cto` is this very program over the home of the case. */
  readonly run: string;
  /** It ends with this exit code, 0 by default. */
  readonly exit: number;
  /** Texts that it prints. */
  readonly says: readonly string[];
  /** The code with which it is refused; then nothing may have changed but the ledger, by lines about refusals. */
  readonly refuses?: string | undefined;
}

/**
 * "says": it prints that it escaped. "changes": the Workspace is not what it was. "goes-on": somebody else has to end it.
 */
type CaseControl = "says" | "changes" | "goes-on" | { readonly without: string };

/** One attack as data: how the target and the home stand, who does what, and what has to come of it. */
export interface HostileCase {
  readonly schema: "cto/hostile-case/v1";
  /** `<id of the open set>` or `<id>.<variant>`; the name of its file. */
  readonly id: string;
  readonly group: "A" | "B" | "C" | "D" | "E" | "F";
  readonly attack: string;
  readonly expect: Expectation;
  /** First and most important code, `none` where an attack has no effect and leaves no trace. */
  readonly code: string;
  /** The whole ending: its kind, then every code, in order. */
  readonly ends?: readonly string[] | undefined;
  /** The paths that the refusals of the code name: all of them, unless "..." stands among them. */
  readonly paths: readonly string[];
  /** Texts in what the attack printed: so it is known to have tried. */
  readonly prints: readonly string[];
  /** Commands that this machine must have. */
  readonly needs: readonly string[];
  readonly field: {
    readonly files: Readonly<Record<string, string>>;
    readonly allowed: readonly string[];
    readonly validation: readonly string[];
    /** Run by the owner in his target before it is admitted. */
    readonly owner: string;
    /** Replaces text in policy.yaml, or in the packet, before anything else. */
    readonly policy: readonly (readonly [string, string])[];
    readonly packet: readonly (readonly [string, string])[];
  };
  /** Variables of the operator; null takes one away. */
  readonly environment: Readonly<Record<string, string | null>>;
  readonly admit: boolean;
  readonly approve: boolean;
  readonly run: boolean;
  /** What the scripted agent plays; `{{NAME}}` stands for a fact of the field. */
  readonly steps: readonly unknown[];
  /** One bash script that the agent runs by itself, asking nobody; with the facts of the field as variables. */
  readonly script: string;
  /** What shows that the script would do its deed where nothing confines it; every script has one, or says why not. */
  readonly control?: CaseControl | undefined;
  readonly host: readonly HostAct[];
  /** "moved" where the owner's own acts change his target. */
  readonly target: "untouched" | "moved";
}

const text = z.string();
const texts = z.array(text).default([]);
const pairs = z.array(z.tuple([text, text])).default([]);

const act: z.ZodType<HostAct> = z.strictObject({
  at: z.union([
    z.enum(["prepared", "admitted", "approved", "sealed"]),
    z.templateLiteral(["event:", z.string().regex(/^[a-z]+\.[a-z]+$/)]),
  ]),
  run: text,
  exit: z.int().default(0),
  says: texts,
  refuses: text.optional(),
});

const field = z.strictObject({
  files: z.record(text, text).default({}),
  allowed: z.array(text).default(["src/strings.py", "test_strings.py"]),
  validation: z.array(text).default(["python3", "-m", "unittest", "-q"]),
  owner: text.default(""),
  policy: pairs,
  packet: pairs,
});

/** Strict: a case with a key that nobody reads would claim what nobody checks. */
export const caseForm: z.ZodType<HostileCase> = z.strictObject({
  schema: z.literal("cto/hostile-case/v1"),
  id: text.regex(/^[a-z0-9]+(?:-[a-z0-9]+)*(?:\.[a-z0-9]+(?:-[a-z0-9]+)*)?$/),
  group: z.enum(["A", "B", "C", "D", "E", "F"]),
  attack: text.min(1).regex(/^[^\n]+$/),
  expect: z.enum(EXPECTATIONS),
  code: text.regex(/^(?:none|[a-z]+\/[a-z-]+)$/),
  ends: z.array(text).optional(),
  paths: texts,
  prints: texts,
  needs: texts,
  field: field.prefault({}),
  environment: z.record(text, text.nullable()).default({}),
  admit: z.boolean().default(true),
  approve: z.boolean().default(true),
  run: z.boolean().default(true),
  steps: z.array(z.unknown()).default([]),
  script: text.default(""),
  control: z.union([z.enum(["says", "changes", "goes-on"]), z.strictObject({ without: text })]).optional(),
  host: z.array(act).default([]),
  target: z.enum(["untouched", "moved"]).default("untouched"),
});
