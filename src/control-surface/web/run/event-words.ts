import type { Step } from "../../../harness/objects/step.ts";
import type { EventType } from "../../../workflow/run-events.ts";
import { stateName } from "../parts/short-word.ts";

/** What a fact is called in the timeline; a kind that is not listed keeps its own name. */
const LABELS: Readonly<Partial<Record<EventType, string>>> = {
  "run.ordered": "Run ordered",
  "run.started": "Run started",
  "run.stopping": "Stop asked for",
  "run.recovered": "Taken over after a crash",
  "run.finished": "Run finished",
  "step.finished": "Step recorded",
  "gate.checked": "Gate check",
  "gate.decided": "Gate",
  "approval.verified": "Approval verified",
  "approval.consumed": "Approval spent on this run",
  "permit.issued": "Permit issued",
  "preflight.found": "Preflight",
  "workspace.prepared": "Workspace prepared",
  "workspace.collected": "Workspace collected",
  "sandbox.started": "Sandbox started",
  "sandbox.canary": "Canaries",
  "sandbox.attempt": "Denied attempt",
  "backend.started": "Agent started",
  "backend.exited": "Agent ended",
  "backend.ready": "Agent ready",
  "session.started": "Session started",
  "turn.started": "Turn",
  "turn.finished": "Turn finished",
  "message.recorded": "Message",
  "plan.updated": "Plan",
  "usage.reported": "Usage",
  "tool.started": "Tool",
  "tool.updated": "Tool went on",
  "tool.finished": "Tool finished",
  "permission.requested": "Permission asked for",
  "permission.decided": "Permission",
  "file.read": "File read",
  "file.written": "File written",
  "terminal.started": "Command in the sandbox",
  "terminal.output": "Output",
  "terminal.finished": "Command finished",
  "model.requested": "Model asked",
  "model.answered": "Model answered",
  "host.asked": "Host asked for",
  "policy.violated": "Outside the contract",
  "policy.unmediated": "Not mediated",
  "cancel.sent": "Cancel sent",
  "diff.captured": "Change captured",
  "diff.judged": "Change judged",
  "validation.started": "Validation",
  "validation.finished": "Validation finished",
  "commit.created": "Commit created",
  "commit.proved": "Nothing else moved",
  "rollback.rehearsed": "Rollback rehearsed",
  "redaction.applied": "Secret redacted",
  "evidence.checkpointed": "Checkpoint signed",
  "error.raised": "Error",
};

const KNOWN: ReadonlyMap<string, string> = new Map(Object.entries(LABELS));

export const labelOf = ({ label }: Step): string => KNOWN.get(label) ?? label;

/** The last fact of a kind. */
export const newest = (facts: readonly Step[] | undefined, type: EventType): Step | undefined =>
  facts?.findLast(({ label }) => label === type);

/** A check that its gate did not come to, for another that it rests on had said no: that is no answer of its own. */
export const isUnasked = ({ label, detail }: Step): boolean =>
  label === "gate.checked" && detail["status"] === "not-evaluated";

/** A few words of what a fact says. They may be hostile: whoever shows them escapes them. */
export const saidIn = (step: Step): string => {
  const own = SAYS.get(step.label)?.(step);
  return own ?? USUAL.flatMap((name) => wordIn(step, name) ?? []).join(" · ");
};

type Detail = Step["detail"][string];

const USUAL = ["role", "text", "title", "path", "command", "decision", "status", "stop", "detail", "reason", "code"];

/** A member of a fact's detail, where it is a word or a number. */
export const wordIn = ({ detail }: Step, name: string): string | undefined => wordOf(detail[name]);

const wordOf = (value: unknown): string | undefined =>
  typeof value === "string" || typeof value === "number" ? String(value) : undefined;

const wordsOf = (values: readonly unknown[]): string => values.flatMap((value) => wordOf(value) ?? []).join(" ");

const many = (count: number, one: string, more = `${one}s`): string => `${count} ${count === 1 ? one : more}`;

const listed = (value: Detail): readonly unknown[] => (Array.isArray(value) ? value : []);

const members = (value: Detail): readonly (readonly [string, unknown])[] =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? Object.entries(value) : [];

const paths = (value: Detail): string =>
  listed(value)
    .flatMap((one) => (typeof one === "object" && one !== null && "path" in one ? (wordOf(one.path) ?? []) : []))
    .join(", ");

const SAYS: ReadonlyMap<string, (step: Step) => string | undefined> = new Map<
  EventType,
  (step: Step) => string | undefined
>([
  ["gate.checked", (step) => `${wordIn(step, "check") ?? ""}: ${wordIn(step, "reason") ?? ""}`],
  [
    "gate.decided",
    ({ detail }) => (detail["allowed"] === true ? "open" : `blocked by ${listed(detail["refusals"]).length}`),
  ],
  ["approval.verified", (step) => joined(step, ["principal", "assurance", "approvalId"])],
  ["approval.consumed", (step) => wordIn(step, "approvalId")],
  ["workspace.prepared", (step) => `base ${(wordIn(step, "baseCommit") ?? "").slice(0, 7)}, without .git`],
  [
    "workspace.collected",
    ({ detail }) =>
      `${many(Number(detail["files"]), "file")} · process tree dead: ${detail["processTreeDead"] === true ? "yes" : "no"}`,
  ],
  ["sandbox.started", (step) => `${wordIn(step, "purpose") ?? ""} · network: ${wordIn(step, "network") ?? "unknown"}`],
  ["sandbox.canary", canariesIn],
  ["policy.unmediated", (step) => `${wordIn(step, "kind") ?? "act"} that nobody was asked about`],
  ["plan.updated", ({ detail }) => many(listed(detail["entries"]).length, "entry", "entries")],
  ["permission.requested", ({ detail }) => subjects(detail["subject"])],
  ["permission.decided", (step) => joined(step, ["decision", "rule"])],
  ["file.read", (step) => joined(step, ["path", "decision"])],
  ["file.written", (step) => joined(step, ["path", "decision"])],
  ["terminal.output", (step) => `${wordIn(step, "bytes") ?? "unknown"} bytes`],
  ["terminal.finished", exitIn],
  ["backend.started", (step) => wordIn(step, "kind")],
  ["backend.ready", ({ detail }) => wordsOf(members(detail["agent"]).map(([, value]) => value))],
  ["diff.captured", ({ detail }) => paths(detail["files"])],
  [
    "diff.judged",
    ({ detail }) =>
      detail["ok"] === true ? "every path is allowed" : many(listed(detail["violations"]).length, "violation"),
  ],
  ["validation.started", (step) => `${wordIn(step, "on") ?? ""} · ${wordsOf(listed(step.detail["argv"]))}`],
  ["validation.finished", exitIn],
  [
    "commit.created",
    (step) => `${(wordIn(step, "parent") ?? "").slice(0, 7)} -> ${(wordIn(step, "commit") ?? "").slice(0, 7)}`,
  ],
  [
    "commit.proved",
    ({ detail }) =>
      `${detail["clean"] === true ? "clean" : "not clean"}, ${many(listed(detail["refsChanged"]).length, "ref")} changed`,
  ],
  [
    "rollback.rehearsed",
    ({ detail }) => (detail["equalsBase"] === true ? "tree equals base" : "tree differs from base"),
  ],
  ["step.finished", (step) => wordIn(step, "step")],
  ["evidence.checkpointed", () => ""],
  ["run.ordered", () => ""],
  ["run.finished", (step) => stateName(wordIn(step, "result") ?? "")],
]);

function joined(step: Step, names: readonly string[]): string {
  return names.flatMap((name) => wordIn(step, name) ?? []).join(" · ");
}

function subjects(value: Detail): string {
  return listed(value)
    .flatMap((one) => (typeof one === "object" && one !== null ? wordsOf(Object.values(one)) : []))
    .join(", ");
}

/** Exit code and counts, as the Harness took them. */
export function exitIn({ detail }: Step): string {
  const { exitCode, counts, signal } = detail;
  const exit =
    typeof exitCode === "number"
      ? `exit ${exitCode}`
      : `no exit code${typeof signal === "string" ? `, ${signal}` : ""}`;
  const passed = members(counts).flatMap(([name, count]) =>
    count === 0 ? [] : [`${wordOf(count) ?? "unknown"} ${name}`],
  );
  return [exit, ...passed].join(", ");
}

function canariesIn(step: Step): string {
  const results = members(step.detail["results"]);
  const of = (word: string): number => results.filter(([, result]) => result === word).length;
  const [held, untried] = [of("held"), of("not-tried")];
  const fallen = results.length - held - untried;
  const where = `${wordIn(step, "pass") ?? ""} ${wordIn(step, "purpose") ?? ""}`.trim();
  return `${where}: ${held} held${fallen === 0 ? "" : `, ${fallen} did not`}${untried === 0 ? "" : `, ${untried} not tried`}`;
}
