import { textOf, type EventLine } from "./event-line.ts";

/** The pinned names (evidence.md 8); a changed list is a new format version. All `gen_ai.*` are "Development" upstream. */
export const TRACE_NAMES = {
  schemaUrl: "https://opentelemetry.io/schemas/1.37.0",
  scope: "cto-harness",
  operation: "gen_ai.operation.name",
  agent: "gen_ai.agent.name",
  provider: "gen_ai.provider.name",
  model: "gen_ai.request.model",
  conversation: "gen_ai.conversation.id",
  tool: "gen_ai.tool.name",
  toolCall: "gen_ai.tool.call.id",
  inputTokens: "gen_ai.usage.input_tokens",
  outputTokens: "gen_ai.usage.output_tokens",
  run: "cto.run.id",
  work: "cto.work.id",
  trust: "cto.trust",
  sequence: "cto.event.sequence",
} as const;

/** A part of the run between two events of its log. */
export interface Span {
  readonly name: string;
  readonly operation?: "invoke_workflow" | "invoke_agent" | "execute_tool";
  readonly start: EventLine<unknown>;
  readonly end: EventLine<unknown>;
  readonly failed: boolean;
}

/** What agent and backend said of their session, each with the event that says it: attributes that rest on it are claims. */
export interface Claims {
  readonly sessions: readonly EventLine<unknown>[];
  readonly usages: readonly EventLine<unknown>[];
}

export const claimsOf = (events: readonly EventLine<unknown>[]): Claims => ({
  sessions: events.filter(({ type }) => type === "session.started"),
  usages: events.filter(({ type }) => type === "usage.reported"),
});

/** The attributes of one span. Where one of them is only claimed, `cto.trust` says so: it is the weakest of all. */
export const spanAttributes = (run: string, work: string, span: Span, claims: Claims): readonly object[] => {
  const { operation, start } = span;
  const said = saidOf(span, claims);
  const texts: readonly (readonly [string, string | undefined])[] = [
    [TRACE_NAMES.run, run],
    [TRACE_NAMES.work, work],
    [TRACE_NAMES.trust, said.trust ?? start.trust],
    [TRACE_NAMES.operation, operation],
    [TRACE_NAMES.agent, operation === "invoke_agent" ? textOf(start, "kind") : undefined],
    [TRACE_NAMES.provider, span.name === "model" ? textOf(start, "host") : undefined],
    [TRACE_NAMES.model, said.model],
    [TRACE_NAMES.conversation, said.session],
    [TRACE_NAMES.tool, operation === "execute_tool" ? (textOf(start, "name") ?? textOf(start, "kind")) : undefined],
    [TRACE_NAMES.toolCall, operation === "execute_tool" ? textOf(start, "callId") : undefined],
  ];
  const numbers: readonly (readonly [string, unknown])[] = [
    [TRACE_NAMES.sequence, start.sequence],
    [TRACE_NAMES.inputTokens, said.inputTokens],
    [TRACE_NAMES.outputTokens, said.outputTokens],
  ];
  return [
    ...texts.flatMap(([key, value]) => (value === undefined ? [] : [textAttribute(key, value)])),
    ...numbers.flatMap(([key, value]) =>
      typeof value === "number" && Number.isSafeInteger(value) ? [{ key, value: { intValue: String(value) } }] : [],
    ),
  ];
};

export const textAttribute = (key: string, value: string): object => ({ key, value: { stringValue: value } });

interface Said {
  readonly trust?: string;
  readonly model?: string | undefined;
  readonly session?: string | undefined;
  readonly inputTokens?: unknown;
  readonly outputTokens?: unknown;
}

/** What a provider or an agent told of this part of the run; nothing for the others. */
const saidOf = ({ name, start, end }: Span, { sessions, usages }: Claims): Said => {
  if (name === "model") {
    const { claimed } = end.data;
    if (typeof claimed !== "object" || claimed === null || Array.isArray(claimed)) return {};
    const told = new Map(Object.entries(claimed));
    const model = told.get("model");
    return {
      trust: "backend-claimed",
      model: typeof model === "string" ? model : undefined,
      inputTokens: told.get("inputTokens"),
      outputTokens: told.get("outputTokens"),
    };
  }
  if (name !== "turn") return {};
  const session = lastUntil(sessions, start.sequence - 1);
  const told = lastUntil(usages, end.sequence);
  const usage = told !== undefined && told.sequence > start.sequence ? told : undefined;
  if (session === undefined && usage === undefined) return {};
  return {
    trust: "backend-claimed",
    session: session === undefined ? undefined : textOf(session, "sessionId"),
    inputTokens: usage?.data["inputTokens"],
    outputTokens: usage?.data["outputTokens"],
  };
};

/** The last event up to that sequence, found by halves: a log may tell of as many turns as it has lines. */
const lastUntil = (events: readonly EventLine<unknown>[], sequence: number): EventLine<unknown> | undefined => {
  let [from, to] = [0, events.length];
  while (from < to) {
    const middle = Math.floor((from + to) / 2);
    if ((events[middle]?.sequence ?? Infinity) <= sequence) from = middle + 1;
    else to = middle;
  }
  return events[from - 1];
};
