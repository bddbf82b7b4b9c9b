import { z } from "zod";

import { spansOf, traceText } from "../trace-text.ts";
import { hex, textIn, utf8 } from "./bytes.ts";
import { canonical } from "./canonical.ts";
import { eventLines, type EventData } from "./events.ts";
import type { Reading } from "./reading.ts";
import { strictJson } from "./strict-json.ts";
import { allOf, type VerifyTools } from "./tools.ts";
import { fail, passUnless, type Check } from "./verdict.ts";

const ID = "trace";
const FILE = "trace.jsonl";

/**
 * Step 11: the trace is this log's. Its ids are computed anew, each span begins and ends at events of the log, and every
 * event that begins one has exactly one. Beyond that it is byte for byte what is drawn of the log (docs/adr/0022).
 */
export const checkTrace = async (reading: Reading): Promise<readonly Check[]> => {
  const off = (says: string): readonly Check[] => [fail(ID, "evidence/report-contradicted", says, FILE)];
  const text = textIn(reading.files.get(FILE) ?? new Uint8Array()) ?? "";
  const read = text.split("\n").slice(0, -1).map(spanIn);
  const spans = read.filter((span) => span !== undefined);
  if (read.length === 0 || !text.endsWith("\n") || spans.length !== read.length)
    return off("it is not one span of OTLP a line");
  const events = (reading.events ?? []).flatMap(({ event }) => event ?? []);
  const isDrawn = (await drawn(reading)) === text;
  const objections = [
    ...shape(spans, events, reading),
    ...(await ids(spans, reading)),
    ...(isDrawn ? [] : ["it is not what is drawn from the log"]),
  ].flatMap(off);
  return passUnless(ID, objections, `${spans.length} spans, each begun by an event of this log`);
};

const drawn = async ({ events, manifest, tools }: Reading): Promise<string> => {
  const lines = eventLines(events);
  const [run, work] = [manifest?.run ?? "", manifest?.work ?? ""];
  const spans = spansOf(lines);
  const trace = await traceId(run, tools);
  const digests = await allOf(spans.map(({ start }) => tools.sha256(utf8(`${trace}${start.sequence}`))));
  const ids = new Map(spans.map(({ start }, at) => [start.sequence, hex(digests[at] ?? NONE).slice(0, 16)]));
  return traceText({ run, work, ids: { trace, span: (sequence) => ids.get(sequence) ?? "" } }, lines, spans);
};

const NONE = new Uint8Array();

const traceId = async (run: string, tools: VerifyTools): Promise<string> =>
  hex(await tools.sha256(utf8(`cto-harness/trace/v1\n${run}`))).slice(0, 32);

type Span = z.infer<typeof spanSchema>;

const attributeOf = ({ attributes }: Span, name: string): string | undefined => {
  const found = attributes.find(({ key }) => key === name)?.value;
  return found === undefined ? undefined : "stringValue" in found ? found.stringValue : found.intValue;
};

const sequenceOf = (span: Span): number => Number(attributeOf(span, "cto.event.sequence") ?? "NaN");

/** Which span an event begins; the gate begins with its first check, the run with the first event of all. */
const BEGINS: Readonly<Record<string, string>> = {
  "cto.workspace.prepared.v1": "workspace",
  "cto.backend.started.v1": "backend",
  "cto.model.requested.v1": "model",
  "cto.turn.started.v1": "turn",
  "cto.tool.started.v1": "tool",
  "cto.validation.started.v1": "validation",
  "cto.commit.created.v1": "commit",
  "cto.run.finished.v1": "seal",
};

const shape = (spans: readonly Span[], events: readonly EventData[], { manifest }: Reading): readonly string[] => {
  const gate = events.findIndex(({ type }) => type === "cto.gate.checked.v1");
  const begun = events.flatMap(({ type }, at) => (BEGINS[type] === undefined ? [] : [`${at} ${BEGINS[type]}`]));
  const expected = [...(events.length > 0 ? ["0 run"] : []), ...(gate === -1 ? [] : [`${gate} gate`]), ...begun];
  const told = spans.map((span) => `${sequenceOf(span)} ${span.name}`);
  const times = events.map(({ time }) => nanos(time));
  const last = new Map(times.map((time, at) => [time, at]));
  const isTimed = (span: Span): boolean =>
    span.startTimeUnixNano === times[sequenceOf(span)] && (last.get(span.endTimeUnixNano) ?? -1) >= sequenceOf(span);
  return [
    ...(canonical(told.toSorted()) === canonical(expected.toSorted())
      ? []
      : ["its spans are not those that the log begins"]),
    ...(spans.every((span) => attributeOf(span, "cto.run.id") === manifest?.run) ? [] : ["it is of another run"]),
    ...(spans.every((span) => attributeOf(span, "cto.work.id") === manifest?.work)
      ? []
      : ["it is of another work item"]),
    ...(spans.every(isTimed) ? [] : ["a span begins or ends when no event of its part of the log was"]),
  ];
};

const nanos = (time: string): string => `${Date.parse(time)}000000`;

const ids = async (spans: readonly Span[], { manifest, tools }: Reading): Promise<readonly string[]> => {
  const trace = await traceId(manifest?.run ?? "", tools);
  const made = await allOf(spans.map((span) => tools.sha256(utf8(`${trace}${sequenceOf(span)}`))));
  const own = made.map((digest) => hex(digest).slice(0, 16));
  const root = own[spans.findIndex(({ name }) => name === "run")];
  const isRight = ({ traceId, spanId, parentSpanId, name }: Span, at: number): boolean =>
    traceId === trace && spanId === own[at] && parentSpanId === (name === "run" ? undefined : root);
  return spans.every(isRight) ? [] : ["an id is not the one that run and event give"];
};

const spanIn = (line: string): Span | undefined => {
  const json = strictJson(line);
  const read = json === undefined ? undefined : tracesSchema.safeParse(json.value);
  return read?.success === true ? read.data.resourceSpans[0]?.scopeSpans[0]?.spans[0] : undefined;
};

const attributeSchema = z.strictObject({
  key: z.string().regex(/^(?:gen_ai|cto|service)\.[a-z._]+$/),
  value: z.union([
    z.strictObject({ stringValue: z.string() }),
    z.strictObject({ intValue: z.string().regex(/^\d{1,19}$/) }),
  ]),
});
const nano = z.string().regex(/^\d{1,20}$/);
const spanSchema = z.strictObject({
  traceId: z.string().regex(/^[0-9a-f]{32}$/),
  spanId: z.string().regex(/^[0-9a-f]{16}$/),
  parentSpanId: z
    .string()
    .regex(/^[0-9a-f]{16}$/)
    .exactOptional(),
  name: z.string(),
  kind: z.literal(1),
  startTimeUnixNano: nano,
  endTimeUnixNano: nano,
  attributes: z.array(attributeSchema),
  status: z.strictObject({ code: z.literal([1, 2]) }),
});
const scope = z.strictObject({
  scope: z.strictObject({ name: z.literal("cto-harness") }),
  spans: z.array(spanSchema).length(1),
  schemaUrl: z.string().startsWith("https://opentelemetry.io/schemas/"),
});
const tracesSchema = z.strictObject({
  resourceSpans: z
    .array(
      z.strictObject({
        resource: z.strictObject({ attributes: z.array(attributeSchema) }),
        scopeSpans: z.array(scope).length(1),
      }),
    )
    .length(1),
});
