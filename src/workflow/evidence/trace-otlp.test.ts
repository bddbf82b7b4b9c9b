import { createRequire } from "node:module";

import { afterAll, beforeAll, expect, test } from "vitest";

import { RUN, WORK } from "../../../test/fixtures/governed.ts";
import { sampleWorld, type SampleWorld } from "../../../test/fixtures/sample-run.ts";
import { traceLines } from "./trace.ts";

/** The messages that OpenTelemetry generates from its own .proto files. */
interface Message {
  readonly verify: (message: object) => string | null;
  readonly fromObject: (object: object) => object;
  readonly encode: (message: object) => { readonly finish: () => Uint8Array };
  readonly decode: (bytes: Uint8Array) => object;
  readonly toObject: (message: object, options: object) => object;
}

const require = createRequire(import.meta.url);

/** Undefined where the development dependencies of an older lock are installed: then these tests are skipped, not passed. */
const official = (): Message | undefined => {
  try {
    const generated: unknown = require("@opentelemetry/otlp-transformer/build/src/generated/root.js");
    return (
      generated as {
        readonly opentelemetry: {
          readonly proto: { readonly trace: { readonly v1: { readonly TracesData: Message } } };
        };
      }
    ).opentelemetry.proto.trace.v1.TracesData;
  } catch {
    return undefined;
  }
};
const messages = official();
const ofOtlp = (): Message => {
  if (messages === undefined) throw new Error("npm ci installs the messages");
  return messages;
};

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
  const message = ofOtlp().fromObject(JSON.parse(line, withBytes) as object);
  const decoded = ofOtlp().decode(ofOtlp().encode(message).finish());
  const back = ofOtlp().toObject(decoded, { longs: String, bytes: Array, enums: Number });
  return JSON.parse(
    JSON.stringify(back, (name, value: unknown) =>
      IDS.includes(name) && Array.isArray(value) ? Buffer.from(value as number[]).toString("hex") : value,
    ),
  );
};

test.skipIf(messages === undefined)(
  "R104 every line is TracesData of OTLP: it goes through the official messages and comes back as it was",
  () => {
    const lines = traceLines(RUN, WORK, world.record.events).split("\n").slice(0, -1);
    expect(lines.length).toBeGreaterThan(8);
    for (const line of lines) {
      expect(roundTrip(line)).toEqual(JSON.parse(line));
      expect(ofOtlp().verify(ofOtlp().fromObject(JSON.parse(line, withBytes) as object))).toBeNull();
    }
  },
);

test.skipIf(messages === undefined)("a member that OTLP does not have would not come back", () => {
  const [line = ""] = traceLines(RUN, WORK, world.record.events).split("\n");
  const other = line.replace('"name":"run"', '"name":"run","title":"run"');
  expect(other).not.toBe(line);
  expect(roundTrip(other)).not.toEqual(JSON.parse(other));
});
