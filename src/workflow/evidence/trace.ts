import { createHash } from "node:crypto";

import type { RunId, WorkId } from "../ids.ts";
import { readEventLine, textOf, type EventLine } from "./event-line.ts";

/** The pinned names (evidence.md 8); a changed list is a new format version. All `gen_ai.*` are "Development" upstream. */
const TRACE_NAMES = {
  schemaUrl: "https://opentelemetry.io/schemas/1.37.0",
  scope: "cto-harness",
  operation: "gen_ai.operation.name",
  agent: "gen_ai.agent.name",
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

/** trace.jsonl: OTLP/JSON, one `TracesData` a line, a pure function of the event lines. */
export const traceLines = (run: RunId, work: WorkId, lines: readonly string[]): string => {
  const events = lines.map(readEventLine);
  const trace = createHash("sha256").update(`cto-harness/trace/v1\n${run}`).digest("hex").slice(0, 32);
  const spans = spansOf(events);
  const root = spans[0];
  const parent = root === undefined ? undefined : spanId(trace, root.start.sequence);
  return spans
    .map((span) => `${JSON.stringify(tracesData(run, work, trace, span, span === root ? undefined : parent))}\n`)
    .join("");
};

interface Span {
  readonly name: string;
  readonly operation?: string;
  readonly start: EventLine;
  readonly end: EventLine;
  readonly failed: boolean;
}

/** Span name -> the events that begin and end it. Pairs are matched by subject where the events carry one of their own. */
const PAIRS: readonly {
  readonly name: string;
  readonly from: string;
  readonly to: string;
  readonly operation?: string;
}[] = [
  { name: "gate", from: "gate.checked", to: "gate.decided" },
  { name: "workspace", from: "workspace.prepared", to: "workspace.prepared" },
  { name: "backend", from: "backend.started", to: "backend.exited", operation: "invoke_agent" },
  { name: "model", from: "model.requested", to: "model.answered", operation: "chat" },
  { name: "turn", from: "turn.started", to: "turn.finished" },
  { name: "tool", from: "tool.started", to: "tool.finished", operation: "execute_tool" },
  { name: "validation", from: "validation.started", to: "validation.finished" },
  { name: "commit", from: "commit.created", to: "commit.proved" },
  { name: "seal", from: "run.finished", to: "run.finished" },
];

const ONCE: ReadonlySet<string> = new Set(["gate"]);

const spansOf = (events: readonly EventLine[]): readonly Span[] => {
  const [first] = events;
  const last = events.at(-1);
  if (first === undefined || last === undefined) return [];
  const run: Span = { name: "run", operation: "invoke_workflow", start: first, end: last, failed: hasFailed(last) };
  return [
    run,
    ...PAIRS.flatMap(({ name, from, to, operation }) => {
      const starts = events.filter(({ type }) => type === from);
      return (ONCE.has(name) ? starts.slice(0, 1) : starts).map((start): Span => {
        const end = events.find(
          (event) => event.sequence >= start.sequence && event.type === to && isSame(name, start, event),
        );
        const span = { name, start, end: end ?? last, failed: end === undefined || hasFailed(end) };
        return operation === undefined ? span : { ...span, operation };
      });
    }),
  ].sort((a, b) => a.start.sequence - b.start.sequence);
};

const isSame = (name: string, start: EventLine, end: EventLine): boolean =>
  ONCE.has(name) || start.subject === end.subject;

const hasFailed = (event: EventLine): boolean => {
  const result = textOf(event, "result") ?? textOf(event, "status");
  if (result !== undefined && ["failed", "voided", "denied", "interrupted"].includes(result)) return true;
  const { exitCode, allowed } = event.data;
  return (typeof exitCode === "number" && exitCode !== 0) || allowed === false;
};

const spanId = (trace: string, sequence: number): string =>
  createHash("sha256").update(`${trace}${sequence}`).digest("hex").slice(0, 16);

const tracesData = (run: RunId, work: WorkId, trace: string, span: Span, parent: string | undefined): object => ({
  resourceSpans: [
    {
      resource: { attributes: [attribute("service.name", TRACE_NAMES.scope)] },
      scopeSpans: [
        {
          scope: { name: TRACE_NAMES.scope },
          spans: [
            {
              traceId: trace,
              spanId: spanId(trace, span.start.sequence),
              ...(parent === undefined ? {} : { parentSpanId: parent }),
              name: span.name,
              kind: 1,
              startTimeUnixNano: nanos(span.start.time),
              endTimeUnixNano: nanos(span.end.time),
              attributes: attributesOf(run, work, span),
              status: { code: span.failed ? 2 : 1 },
            },
          ],
          schemaUrl: TRACE_NAMES.schemaUrl,
        },
      ],
    },
  ],
});

const nanos = (time: string): string => `${Date.parse(time)}000000`;

const attribute = (key: string, value: string | number): object => ({
  key,
  value: typeof value === "string" ? { stringValue: value } : { intValue: String(value) },
});

const attributesOf = (run: RunId, work: WorkId, { operation, start, end }: Span): readonly object[] => {
  const texts: readonly (readonly [string, string | undefined])[] = [
    [TRACE_NAMES.run, run],
    [TRACE_NAMES.work, work],
    [TRACE_NAMES.trust, start.trust],
    [TRACE_NAMES.operation, operation],
    [TRACE_NAMES.agent, operation === "invoke_agent" ? textOf(start, "kind") : undefined],
    [TRACE_NAMES.conversation, textOf(start, "sessionId")],
    [TRACE_NAMES.tool, operation === "execute_tool" ? (textOf(start, "name") ?? textOf(start, "kind")) : undefined],
    [TRACE_NAMES.toolCall, textOf(start, "callId")],
  ];
  const numbers: readonly (readonly [string, unknown])[] = [
    [TRACE_NAMES.sequence, start.sequence],
    [TRACE_NAMES.inputTokens, usageOf(end, "inputTokens")],
    [TRACE_NAMES.outputTokens, usageOf(end, "outputTokens")],
  ];
  return [
    ...texts.flatMap(([key, value]) => (value === undefined ? [] : [attribute(key, value)])),
    ...numbers.flatMap(([key, value]) =>
      typeof value === "number" && Number.isSafeInteger(value) ? [attribute(key, value)] : [],
    ),
  ];
};

const usageOf = ({ data: { usage } }: EventLine, name: string): unknown =>
  typeof usage === "object" && usage !== null && !Array.isArray(usage)
    ? Object.entries(usage).find(([key]) => key === name)?.[1]
    : undefined;
