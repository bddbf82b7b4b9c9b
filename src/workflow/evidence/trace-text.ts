import { textOf, type EventLine } from "./event-line.ts";
import { claimsOf, spanAttributes, textAttribute, TRACE_NAMES, type Claims, type Span } from "./trace-attributes.ts";

/** The ids of a trace: of the whole, and of the span that the event of a sequence begins. */
interface TraceIds {
  readonly trace: string;
  readonly span: (sequence: number) => string;
}

/** trace.jsonl of these spans: OTLP/JSON, one `TracesData` a line. Which ids they have is a matter of digests, given. */
export const traceText = (
  of: { readonly run: string; readonly work: string; readonly ids: TraceIds },
  events: readonly EventLine<unknown>[],
  spans: readonly Span[],
): string => {
  const claims = claimsOf(events);
  const [root] = spans;
  return spans
    .map((span) => `${JSON.stringify(tracesData({ ...of, claims }, span, span === root ? undefined : root))}\n`)
    .join("");
};

interface Traced {
  readonly run: string;
  readonly work: string;
  readonly ids: TraceIds;
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

/** The spans that a log begins, in the order of their first events; the whole run first. */
export const spansOf = (events: readonly EventLine<unknown>[]): readonly Span[] => {
  const [first] = events;
  const last = events.at(-1);
  if (first === undefined || last === undefined) return [];
  const run: Span = { name: "run", operation: "invoke_workflow", start: first, end: last, failed: hasFailed(last) };
  return [
    run,
    ...PAIRS.flatMap(({ name, from, to, operation }) => {
      const starts = events.filter(({ type }) => type === from);
      const ends = Map.groupBy(
        events.filter(({ type }) => type === to),
        (event) => subjectOf(name, event),
      );
      const places = new Map<string, number>();
      return (ONCE.has(name) ? starts.slice(0, 1) : starts).map((start): Span => {
        const subject = subjectOf(name, start);
        const mine = ends.get(subject) ?? [];
        // Starts come in their order, so no end before the last one found is looked at again.
        let place = places.get(subject) ?? 0;
        while ((mine[place]?.sequence ?? start.sequence) < start.sequence) place += 1;
        places.set(subject, place);
        const end = mine[place];
        const span = { name, start, end: end ?? last, failed: end === undefined || hasFailed(end) };
        return operation === undefined ? span : { ...span, operation };
      });
    }),
  ].sort((a, b) => a.start.sequence - b.start.sequence);
};

/** What a span's two ends share; nothing of their own where there is one such span only. */
const subjectOf = (name: string, event: EventLine<unknown>): string => (ONCE.has(name) ? "" : event.subject);

const hasFailed = (event: EventLine<unknown>): boolean => {
  const result = textOf(event, "result") ?? textOf(event, "status");
  if (result !== undefined && ["failed", "voided", "denied", "interrupted"].includes(result)) return true;
  const { exitCode, allowed } = event.data;
  return (typeof exitCode === "number" && exitCode !== 0) || allowed === false;
};

const tracesData = ({ run, work, ids, claims }: Traced, span: Span, parent: Span | undefined): object => ({
  resourceSpans: [
    {
      resource: { attributes: [textAttribute("service.name", TRACE_NAMES.scope)] },
      scopeSpans: [
        {
          scope: { name: TRACE_NAMES.scope },
          spans: [
            {
              traceId: ids.trace,
              spanId: ids.span(span.start.sequence),
              ...(parent === undefined ? {} : { parentSpanId: ids.span(parent.start.sequence) }),
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
