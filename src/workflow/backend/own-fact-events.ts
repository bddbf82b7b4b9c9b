import { assertNever } from "../assert-never.ts";
import type { Intent } from "./attempt.ts";
import type { BackendEvent } from "./backend-events.ts";
import type { OwnFact } from "./frame.ts";
import { relative } from "./tool-ledger.ts";

type Told = Omit<BackendEvent, "raw" | "at">;

/** What the Harness decided or did for an agent, as events: these are observed, not claimed. */
export const factEvents = (fact: OwnFact): readonly Told[] => {
  switch (fact.did) {
    case "judged":
      return judgedEvents(fact);
    case "read":
      return [
        observed("file.read", `path/${relative(fact.path)}`, {
          ...contentOf(fact),
          decision: "allowed",
          rule: fact.rule,
        }),
      ];
    case "wrote":
      return [
        observed("file.written", `path/${relative(fact.path)}`, {
          ...contentOf(fact),
          decision: "allowed",
          rule: fact.rule,
        }),
      ];
    case "started": {
      const { terminal: id, command, cwd, rule } = fact;
      return [observed("terminal.started", `tool/${id}`, { id, command, cwd, decision: "allowed", rule })];
    }
    case "ended": {
      const { terminal: id, exitCode, signal, truncated, bytes, sha256 } = fact;
      return [
        observed("terminal.output", `tool/${id}`, { id, bytes, sha256 }),
        observed("terminal.finished", `tool/${id}`, { id, exitCode, signal, truncated }),
      ];
    }
    case "cancelled":
      return [observed("cancel.sent", "run", { reason: fact.reason })];
    case "settled":
      return [observed("cancel.settled", "run", { ms: fact.ms, forced: fact.forced })];
    default:
      return assertNever(fact);
  }
};

const observed = (type: Told["type"], subject: string, data: Told["data"]): Told => ({
  type,
  subject,
  trust: "harness-observed",
  data,
});

const contentOf = ({
  path,
  bytes,
  sha256,
}: {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
}): Told["data"] => ({
  path: relative(path),
  bytes,
  sha256,
});

const judgedEvents = (fact: Extract<OwnFact, { did: "judged" }>): readonly Told[] => {
  const { callId, decision, rule, action, optionId, by, ms, intent, method } = fact;
  const answer = { decision, rule, action };
  if (method === "session/request_permission")
    return [observed("permission.decided", `tool/${callId ?? ""}`, { callId, ...answer, optionId, by, ms })];
  // Granted acts are told when they are done, by what was really done.
  if (decision === "allowed") return [];
  if (method === "terminal/create")
    return [
      observed(
        "terminal.started",
        "run",
        intent.kind === "run" ? { command: intent.line, ...answer } : { cwd: pathOf(intent), ...answer },
      ),
    ];
  switch (intent.kind) {
    case "read":
      return [observed("file.read", `path/${relative(intent.path)}`, { path: relative(intent.path), ...answer })];
    case "write":
    case "delete":
      return [observed("file.written", `path/${relative(intent.path)}`, { path: relative(intent.path), ...answer })];
    case "run":
    case "move":
    case "fetch":
    case "other":
      return [observed("permission.decided", "run", { ...answer, by, ms })];
    default:
      return assertNever(intent);
  }
};

const pathOf = (intent: Intent): string | undefined => ("path" in intent ? intent.path : undefined);
