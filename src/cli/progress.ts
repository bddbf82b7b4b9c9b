import { parseEvent } from "../workflow/event-chain.ts";
import { jsonText } from "../workflow/json-text.ts";
import { visible } from "../workflow/visible-text.ts";
import type { Output } from "./context.ts";

/** What a person sees while a run goes on: one line per stage; on a terminal the current one is redrawn. */
export interface Progress {
  line(eventLine: string): void;
  end(): void;
}

const REDRAW_MS = 100;

export const openProgress = (stderr: Output, isQuiet: boolean): Progress => {
  if (isQuiet) return { line: () => undefined, end: () => undefined };
  const started = Date.now();
  let stage = "";
  let drawnAt = 0;
  const write = (text: string, isLast: boolean): void => {
    const seconds = `${((Date.now() - started) / 1000).toFixed(1)}s`.padStart(7);
    if (!stderr.isTTY) return stderr.write(`${text}  ${seconds.trim()}\n`);
    const now = Date.now();
    if (!isLast && now - drawnAt < REDRAW_MS) return undefined;
    drawnAt = now;
    return stderr.write(`\r\u001B[2K${text.slice(0, 100)}${seconds}${isLast ? "\n" : ""}`);
  };
  return {
    line: (eventLine) => {
      const { type, data } = parseEvent(eventLine);
      const told = STORY[type]?.(data);
      if (told === undefined) return;
      if (stderr.isTTY && stage !== "" && stage !== told.stage) stderr.write("\n");
      stage = told.stage;
      write(`..   ${told.stage.padEnd(11)} ${visible(told.says)}`, false);
    },
    end: () => {
      if (stderr.isTTY && stage !== "") stderr.write("\n");
    },
  };
};

type Data = ReturnType<typeof parseEvent>["data"];
interface Told {
  readonly stage: string;
  readonly says: string;
}

/** The facts that are worth a line; claims of the agent are told as such. */
const STORY: Readonly<Partial<Record<ReturnType<typeof parseEvent>["type"], (data: Data) => Told | undefined>>> = {
  "gate.decided": ({ allowed, refusals }) => ({
    stage: "gate",
    says:
      allowed === true ? "every precondition holds" : `blocked: ${Array.isArray(refusals) ? refusals.join(", ") : ""}`,
  }),
  "approval.consumed": ({ approvalId }) => ({ stage: "gate", says: `${jsonText(approvalId)} spent on this run` }),
  "workspace.prepared": ({ files }) => ({ stage: "workspace", says: `${jsonText(files)} files, no .git, no network` }),
  "backend.started": ({ kind }) => ({ stage: "backend", says: `${jsonText(kind)} started` }),
  "message.recorded": ({ text }) => ({
    stage: "backend",
    says: `said by the agent: ${JSON.stringify(jsonText(text).slice(0, 60))}`,
  }),
  "sandbox.attempt": ({ action, kind, rule }) => ({
    stage: "backend",
    says: `denied ${jsonText(action ?? kind)} (${jsonText(rule)})`,
  }),
  "diff.judged": ({ ok, violations }) => ({
    stage: "policy",
    says:
      ok === true
        ? "every change is allowed"
        : `${Array.isArray(violations) ? violations.length : 0} changes are not allowed`,
  }),
  "validation.finished": ({ on, exitCode }) => ({
    stage: "validation",
    says: `${jsonText(on)}: exit ${jsonText(exitCode)}`,
  }),
  "commit.created": ({ commit }) => ({ stage: "commit", says: jsonText(commit).slice(0, 12) }),
  "rollback.rehearsed": ({ equalsBase }) => ({
    stage: "commit",
    says: `rollback rehearsed, tree equals base: ${jsonText(equalsBase)}`,
  }),
  "run.finished": ({ result }) => ({ stage: "evidence", says: jsonText(result) }),
};
