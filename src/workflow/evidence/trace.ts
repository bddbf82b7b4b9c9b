import { createHash } from "node:crypto";

import type { RunId, WorkId } from "../ids.ts";
import { readEventLine, textOf, type EventLine } from "./event-line.ts";
import { claimsOf, spanAttributes, textAttribute, TRACE_NAMES, type Claims, type Span } from "./trace-attributes.ts";

/** trace.jsonl: OTLP/JSON, one `TracesData` a line, a pure function of the event lines. */
export const traceLines = (run: RunId, work: WorkId, lines: readonly string[]): string => {
  const events = lines.map(readEventLine);
  const trace = createHash("sha256").update(`cto-harness/trace/v1\n${run}`).digest("hex").slice(0, 32);
  const spans = spansOf(events);
  const claims = claimsOf(events);
  const root = spans[0];
  const parent = root === undefined ? undefined : spanId(trace, root.start.sequence);
  return spans
    .map(
      (span) =>
        `${JSON.stringify(tracesData({ run, work, trace, claims }, span, span === root ? undefined : parent))}\n`,
    )
    .join("");
};

interface Traced {
  readonly run: RunId;
  readonly work: WorkId;
  readonly trace: string;
  readonly claims: Claims;
}

/** Span name -> the events that begin and end it. Pairs are matched by subject where the events carry one of their own. */
const PAIRS: readonly {
  readonly name: string;
  readonly from: string;
  readonly to: string;
  readonly operation?: Span["operation"];
}[] = [
  { name: "gate", from: "gate.checked", to: "gate.decided" },
  { name: "workspace", from: "workspace.prepared", to: "workspace.collected" },
  { name: "backend", from: "backend.started", to: "backend.exited", operation: "invoke_agent" },
  { name: "model", from: "model.requested", to: "model.answered" },
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

const tracesData = ({ run, work, trace, claims }: Traced, span: Span, parent: string | undefined): object => ({
  resourceSpans: [
    {
      resource: { attributes: [textAttribute("service.name", TRACE_NAMES.scope)] },
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
              attributes: spanAttributes(run, work, span, claims),
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
