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

/** `sinceMs`: of a run that began elsewhere, when; then the times are those of its events. */
export const openProgress = (stderr: Output, isQuiet: boolean, sinceMs?: number): Progress => {
  if (isQuiet) return { line: () => undefined, end: () => undefined };
  const started = Date.now();
  let stage = "";
  let drawnAt = 0;
  let undrawn = "";
  const draw = (): void => {
    if (undrawn !== "") stderr.write(`\r\u001B[2K${undrawn}`);
    undrawn = "";
    drawnAt = Date.now();
  };
  const secondsAt = (time: string): string => {
    const tookMs = sinceMs === undefined ? Date.now() - started : Date.parse(time) - sinceMs;
    return `${(Math.max(0, tookMs) / 1000).toFixed(1)}s`;
  };
  const endLine = (): void => {
    draw();
    if (stage !== "") stderr.write("\n");
  };
  return {
    line: (eventLine) => {
      const { type, data, time } = parseEvent(eventLine);
      const told = STORY[type]?.(data);
      if (told === undefined) return;
      const text = `..   ${told.stage.padEnd(11)} ${visible(told.says)}`;
      if (!stderr.isTTY) {
        stderr.write(`${text}  ${secondsAt(time)}\n`);
        return;
      }
      if (stage !== told.stage) endLine();
      undrawn = text.slice(0, 100) + secondsAt(time).padStart(7);
      if (stage !== told.stage || Date.now() - drawnAt >= REDRAW_MS) draw();
      stage = told.stage;
    },
    end: () => {
      if (stderr.isTTY) endLine();
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
