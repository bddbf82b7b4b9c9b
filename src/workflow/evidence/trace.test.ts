import { createHash } from "node:crypto";

import { afterAll, beforeAll, expect, test } from "vitest";

import { RUN, WORK } from "../../../test/fixtures/governed.ts";
import { sampleWorld, type SampleWorld } from "../../../test/fixtures/sample-run.ts";
import { traceLines } from "./trace.ts";

let world: SampleWorld;
beforeAll(() => {
  world = sampleWorld();
});
afterAll(() => world.remove());

interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly attributes: readonly {
    readonly key: string;
    readonly value: { readonly stringValue?: string; readonly intValue?: string };
  }[];
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
}

const spans = (lines: readonly string[] = world.record.events): readonly Span[] =>
  traceLines(RUN, WORK, lines)
    .split("\n")
    .slice(0, -1)
    .map(
      (line) =>
        (
          JSON.parse(line) as {
            readonly resourceSpans: readonly { readonly scopeSpans: readonly { readonly spans: readonly Span[] }[] }[];
          }
        ).resourceSpans[0]?.scopeSpans[0]?.spans[0],
    )
    .filter((span) => span !== undefined);

test("a run is one trace: a span for each step, all below the run's (R104)", () => {
  const all = spans();
  expect(new Set(all.map(({ name }) => name))).toEqual(
    new Set(["run", "gate", "workspace", "backend", "turn", "tool", "validation", "commit", "seal"]),
  );
  expect(all[0]?.name).toBe("run");
  expect(new Set(all.slice(1).map(({ parentSpanId }) => parentSpanId))).toEqual(new Set([all[0]?.spanId]));
});

test("ids are functions of run and sequence, so anybody can tie a span to its event", () => {
  const trace = createHash("sha256").update(`cto-harness/trace/v1\n${RUN}`).digest("hex").slice(0, 32);
  for (const { traceId, spanId, attributes } of spans()) {
    const sequence = attributes.find(({ key }) => key === "cto.event.sequence")?.value.intValue ?? "";
    expect(traceId).toBe(trace);
    expect(spanId).toBe(createHash("sha256").update(`${trace}${sequence}`).digest("hex").slice(0, 16));
  }
  expect(new Set(spans().map(({ spanId }) => spanId)).size).toBe(spans().length);
});

test("no span ends before it begins, and what the agent says of itself is marked as its claim", () => {
  for (const { startTimeUnixNano, endTimeUnixNano } of spans())
    expect(BigInt(endTimeUnixNano) >= BigInt(startTimeUnixNano)).toBe(true);
  const tool = spans().find(({ name }) => name === "tool");
  expect(tool?.attributes).toContainEqual({ key: "cto.trust", value: { stringValue: "agent-claimed" } });
  expect(tool?.attributes).toContainEqual({ key: "gen_ai.tool.call.id", value: { stringValue: "c1" } });
});

test("a run without events has no trace", () => {
  expect(traceLines(RUN, WORK, [])).toBe("");
});

test("R104 what agent or provider told of a part of the run is marked as claimed, token counts and names alike", () => {
  const [first = "", ...rest] = world.record.events;
  const event = (sequence: number, type: string, trust: string, data: object, subject = "run"): string =>
    JSON.stringify({
      ...(JSON.parse(first) as object),
      type: `cto.${type}.v1`,
      sequence: String(sequence).padStart(10, "0"),
      trust,
      subject,
      data,
    });
  const lines = [
    first,
    event(1, "session.started", "backend-claimed", { sessionId: "s-1" }),
    event(2, "turn.started", "harness-observed", { n: 1 }),
    event(3, "model.requested", "harness-observed", { n: 1, host: "api.example:443" }, "model/1"),
    event(
      4,
      "model.answered",
      "harness-observed",
      { n: 1, claimed: { model: "m", inputTokens: 7, outputTokens: 3 } },
      "model/1",
    ),
    event(5, "usage.reported", "backend-claimed", { inputTokens: 70, outputTokens: 30 }),
    event(6, "turn.finished", "backend-claimed", { n: 1 }),
  ];
  expect(rest.length).toBeGreaterThan(0);
  const attributes = (name: string): Readonly<Record<string, string | undefined>> =>
    Object.fromEntries(
      (spans(lines).find((span) => span.name === name)?.attributes ?? []).map(({ key, value }) => [
        key,
        value.stringValue ?? value.intValue,
      ]),
    );
  expect(attributes("model")).toMatchObject({
    "cto.trust": "backend-claimed",
    "gen_ai.provider.name": "api.example:443",
    "gen_ai.request.model": "m",
    "gen_ai.usage.input_tokens": "7",
    "gen_ai.usage.output_tokens": "3",
  });
  expect(attributes("turn")).toMatchObject({
    "cto.trust": "backend-claimed",
    "gen_ai.conversation.id": "s-1",
    "gen_ai.usage.input_tokens": "70",
  });
  expect(attributes("run")).toMatchObject({ "cto.trust": "harness-observed" });
});
