import { createRequire } from "node:module";

import { afterAll, beforeAll, expect, test } from "vitest";

import { traceLines } from "../../src/workflow/evidence/trace.ts";
import { RUN, WORK } from "../fixtures/governed.ts";
import { sampleWorld, type SampleWorld } from "../fixtures/sample-run.ts";

/** The messages that OpenTelemetry generates from its own .proto files. */
interface Message {
  readonly verify: (message: object) => string | null;
  readonly fromObject: (object: object) => object;
  readonly encode: (message: object) => { readonly finish: () => Uint8Array };
  readonly decode: (bytes: Uint8Array) => object;
  readonly toObject: (message: object, options: object) => object;
}

const require = createRequire(import.meta.url);

const generated: unknown = require("@opentelemetry/otlp-transformer/build/src/generated/root.js");
const { TracesData } = (
  generated as {
    readonly opentelemetry: { readonly proto: { readonly trace: { readonly v1: { readonly TracesData: Message } } } };
  }
).opentelemetry.proto.trace.v1;

let world: SampleWorld;
beforeAll(() => {
  world = sampleWorld();
});
afterAll(() => world.remove());

/** The JSON of OTLP writes ids in hex where the JSON of protobuf writes base64. */
const IDS = ["traceId", "spanId", "parentSpanId"];
const withBytes = (name: string, value: unknown): unknown =>
  IDS.includes(name) && typeof value === "string" ? Buffer.from(value, "hex") : value;

/** A line through the official messages, to bytes and back. */
const roundTrip = (line: string): unknown => {
  const message = TracesData.fromObject(JSON.parse(line, withBytes) as object);
  const decoded = TracesData.decode(TracesData.encode(message).finish());
  const back = TracesData.toObject(decoded, { longs: String, bytes: Array, enums: Number });
  return JSON.parse(
    JSON.stringify(back, (name, value: unknown) =>
      IDS.includes(name) && Array.isArray(value) ? Buffer.from(value as number[]).toString("hex") : value,
    ),
  );
};

test("R104 every line is TracesData of OTLP: it goes through the official messages and comes back as it was", () => {
  const lines = traceLines(RUN, WORK, world.record.events).split("\n").slice(0, -1);
  expect(lines.length).toBeGreaterThan(8);
  for (const line of lines) {
    expect(roundTrip(line)).toEqual(JSON.parse(line));
    expect(TracesData.verify(TracesData.fromObject(JSON.parse(line, withBytes) as object))).toBeNull();
  }
});

test("a member that OTLP does not have would not come back", () => {
  const [line = ""] = traceLines(RUN, WORK, world.record.events).split("\n");
  const other = line.replace('"name":"run"', '"name":"run","title":"run"');
  expect(other).not.toBe(line);
  expect(roundTrip(other)).not.toEqual(JSON.parse(other));
});
