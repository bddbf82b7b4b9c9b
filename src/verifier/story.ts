import { levelOf } from "../workflow/evidence/verify/assurance.ts";
import { fromLatin1, textIn } from "../workflow/evidence/verify/bytes.ts";
import type { EventData } from "../workflow/evidence/verify/events.ts";
import type { FilePatch } from "../workflow/evidence/verify/patch-parse.ts";
import type { Reading } from "../workflow/evidence/verify/reading.ts";

/** Whose word a line is (evidence.md 1). */
type Whose = "human-signed" | "host-attested" | "harness-observed" | "derived" | "agent-claimed" | "backend-claimed";

export interface Fact {
  readonly label: string;
  readonly values: readonly string[];
  readonly whose: Whose;
}

export interface Moment {
  readonly sequence: number;
  readonly time: string;
  readonly what: string;
  readonly detail: string;
  readonly whose: string;
}

/** What the files of a bundle tell, in the order of a reader's questions. It is their word: only the checks say what holds. */
export interface Story {
  readonly run: string;
  readonly work: string;
  readonly task: string;
  readonly result: readonly Fact[];
  readonly approved: readonly Fact[];
  readonly allowed: readonly Fact[];
  readonly happened: readonly Moment[];
  readonly changed: readonly ChangedFile[];
}

export interface ChangedFile {
  readonly path: string;
  readonly change: string;
  readonly added: number;
  readonly removed: number;
  readonly hunks: readonly ChangedLines[];
}

interface ChangedLines {
  readonly at: string;
  /** An open line is one that ends without a line feed. */
  readonly lines: readonly { readonly side: " " | "-" | "+"; readonly text: string; readonly isOpen: boolean }[];
}

export const storyOf = (reading: Reading): Story => ({
  run: reading.manifest?.run ?? "",
  work: reading.manifest?.work ?? "",
  task: reading.report?.task?.label ?? "",
  result: resultOf(reading),
  approved: approvedOf(reading),
  allowed: allowedOf(reading),
  happened: happenedOf(reading),
  changed: typeof reading.patch === "string" ? [] : (reading.patch ?? []).map(changedFile),
});

const fact = (label: string, whose: Whose, ...values: readonly (string | undefined)[]): Fact => ({
  label,
  whose,
  values: values.filter((value): value is string => value !== undefined && value !== ""),
});

const resultOf = ({ report, commit, tests }: Reading): readonly Fact[] => [
  fact("Ended", "derived", report?.says ?? "no report could be read"),
  fact("Commit", "harness-observed", commit?.id ?? "none"),
  fact(
    "Tests",
    "harness-observed",
    ...(tests ?? []).map(({ on, argv, exitCode }) => `${argv.join(" ")} on ${on}: exit ${exitCode ?? "none"}`),
  ),
  ...(report?.criteria ?? []).map(({ id, status, text }) => fact(id, "derived", `${WORDS[status]}: ${text}`)),
  fact(
    "Default activation",
    "harness-observed",
    report === undefined
      ? undefined
      : `${report.defaultActivation.before} before, ${report.defaultActivation.after} after`,
  ),
  fact(
    "Tried and refused",
    "harness-observed",
    ...(report?.attempts ?? []).map(({ action, detail }) => `${action}: ${detail}`),
  ),
];

const WORDS = { proven: "proven", "not-proven": "not proven", "owner-judged": "left to the owner" } as const;

const approvedOf = (reading: Reading): readonly Fact[] => {
  const { records, manifest } = reading;
  if (manifest?.reach === "gate") return [fact("Approval", "derived", "none was used: the run stopped at the gate")];
  const { admission } = records;
  return [
    ...records.approvals.flatMap((approval) => {
      const { file, record } = approval;
      if (record === undefined) return [fact(file, "host-attested", "it cannot be read")];
      const { approver, sentence, validity, target } = record.predicate;
      // The level is computed: what a record says of itself is worth nothing where nobody signed it.
      const level = levelOf(reading, approval) ?? "A0";
      const whose =
        reading.files.has(`${file}.sig`) && (level === "A2" || level === "A3") ? "human-signed" : "host-attested";
      return [
        fact("Who", whose, `${approver.principal}, assurance ${level}`, approver.keyFingerprint ?? "no key"),
        fact("Said", whose, sentence),
        fact("About", whose, target.realpath, `${target.headRef} at ${target.headCommit}`),
        fact("Valid", whose, `${validity.notBefore} to ${validity.expiresAt}, commit before ${validity.executeBy}`),
      ];
    }),
    ...(admission === undefined
      ? []
      : [
          fact(
            "Admitted",
            "human-signed",
            `${admission.path}, branch ${admission.branch}, by ${admission.owner}, ${admission.admittedAt}`,
          ),
        ]),
  ];
};

const allowedOf = ({ records: { contract } }: Reading): readonly Fact[] =>
  contract === undefined
    ? []
    : [
        fact("May write", "derived", ...contract.allowedPaths),
        fact("Must not touch", "derived", ...contract.forbiddenPaths),
        fact("Must not do", "derived", ...contract.forbiddenActions),
        fact("Must pass", "derived", contract.validation.argv.join(" ")),
        fact("By", "derived", `backend ${contract.executionGate.backend}, stage ${contract.executionGate.stage}`),
      ];

/** The events that move a story on, in words; the others are in the log. */
const MOMENTS: Readonly<Record<string, string>> = {
  "run.ordered": "Ordered",
  "run.recovered": "Taken over after a crash",
  "run.stopping": "Stopping",
  "gate.decided": "Gate decided",
  "approval.consumed": "Approval used",
  "permit.issued": "Permit issued",
  "workspace.prepared": "Workspace made",
  "sandbox.started": "Sandbox started",
  "sandbox.canary": "Sandbox tried",
  "sandbox.attempt": "Tried and refused",
  "policy.violated": "Rule broken",
  "backend.started": "Agent started",
  "message.recorded": "Agent said",
  "tool.started": "Agent began",
  "turn.finished": "Agent finished its turn",
  "permission.decided": "Asked and answered",
  "backend.exited": "Agent gone",
  "diff.judged": "Changes judged",
  "validation.finished": "Validated",
  "commit.created": "Committed",
  "commit.proved": "Target proven",
  "rollback.rehearsed": "Rollback rehearsed",
  "redaction.applied": "Redacted",
  "error.raised": "Error",
  "run.finished": "Ended",
};

const DETAILS = [
  "result",
  "action",
  "detail",
  "text",
  "title",
  "decision",
  "on",
  "exitCode",
  "commit",
  "purpose",
  "pass",
  "kind",
  "allowed",
  "approvalId",
  "clean",
  "equalsBase",
  "rule",
  "by",
  "reason",
  "code",
  "message",
] as const;

const DETAIL_CHARACTERS_MAX = 300;

const happenedOf = ({ events }: Reading): readonly Moment[] =>
  (events ?? []).flatMap(({ event, line }) => {
    const what = event === undefined ? undefined : MOMENTS[event.type.slice("cto.".length, -".v1".length)];
    return event === undefined || what === undefined
      ? []
      : [{ sequence: line - 1, time: event.time, what, detail: detailOf(event.data), whose: event.trust }];
  });

const detailOf = (data: EventData["data"]): string => {
  const words = DETAILS.flatMap((name) => {
    const value = data[name];
    if (typeof value === "string" || typeof value === "number" || typeof value === "boolean")
      return [`${name} ${value}`];
    return [];
  });
  const text = words.join(", ");
  return text.length > DETAIL_CHARACTERS_MAX ? `${text.slice(0, DETAIL_CHARACTERS_MAX)} (cut here)` : text;
};

const changedFile = ({ path, oldMode, newMode, body }: FilePatch): ChangedFile => {
  const hunks = body.kind === "text" ? body.hunks : [];
  const count = (side: string): number =>
    hunks.reduce((sum, { lines }) => sum + lines.filter((line) => line.side === side).length, 0);
  const mode = oldMode === newMode ? "changed" : `mode ${oldMode} to ${newMode}`;
  const change = oldMode === "none" ? "added" : newMode === "none" ? "deleted" : mode;
  return {
    path: textIn(fromLatin1(path)) ?? path,
    change: body.kind === "binary" ? `${change}, binary` : change,
    added: count("+"),
    removed: count("-"),
    hunks: hunks.map(({ oldStart, oldLines, newLines, lines }) => ({
      at: `line ${oldStart}, ${oldLines} lines become ${newLines}`,
      lines: lines.map(({ side, bytes }) => ({ side, text: lineText(bytes), isOpen: bytes.at(-1) !== 0x0a })),
    })),
  };
};

// Only the line feed goes: a carriage return, or that there is no line feed at all, is of the file and is shown.
const lineText = (bytes: Uint8Array): string => (textIn(bytes) ?? "(a line that is no UTF-8)").replace(/\n$/, "");
