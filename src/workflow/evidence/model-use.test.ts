import { expect, test } from "vitest";

import type { Json } from "../digest.ts";
import type { EventLine } from "./event-line.ts";
import { modelUse } from "./model-use.ts";
import { modelUseSays, type ReportedModelUse } from "./schemas/model-use.ts";
import { readEvents } from "./verify/events.ts";
import { isModelUseTold } from "./verify/model-use.ts";

const event = (type: string, data: Readonly<Record<string, Json>> = {}): EventLine => ({
  type,
  subject: "model/1",
  time: "2026-01-01T00:00:00.000Z",
  sequence: 1,
  trust: "harness-observed",
  data,
});

const FORM = {
  specversion: "1.0",
  id: "0".repeat(26),
  source: "cto",
  dataschema: "cto",
  datacontenttype: "application/json",
  prevhash: "",
  authtype: "",
  authid: "",
};

/** The same by the verifier's own sum. */
const isTold = (events: readonly EventLine[], model: ReportedModelUse | undefined): boolean => {
  const lines = events.map(({ type, data, ...rest }) =>
    JSON.stringify({ ...FORM, ...rest, sequence: "0000000001", type: `cto.${type}.v1`, data }),
  );
  const read = readEvents(Buffer.from(lines.map((line) => `${line}\n`).join("")));
  if (read === undefined) throw new Error("no lines");
  return isModelUseTold(read, model);
};

const asked = event("model.requested", { n: 1 });
const answered = (claimed: Json): EventLine => event("model.answered", { n: 1, claimed });
const tokens = { inputTokens: 10, outputTokens: 5, estimated: false };
const cost = (micros: number): Json => ({ micros, currency: "USD" });

const use = (
  requests: number,
  inputTokens: number,
  outputTokens: number,
  estimated: boolean,
  micros?: number,
): object => ({
  requests,
  inputTokens,
  outputTokens,
  estimated,
  cost: micros === undefined ? null : { micros, currency: "USD" },
});

test.each<[string, readonly EventLine[], object | undefined, RegExp]>([
  ["no request", [event("run.started")], undefined, /./],
  [
    "an answer without prices",
    [asked, answered(tokens)],
    use(1, 10, 5, false),
    /^1 requests, 10 tokens in, 5 out; cost unknown/,
  ],
  [
    "two answers with prices",
    [
      asked,
      asked,
      answered({ ...tokens, cost: cost(7) }),
      answered({ ...tokens, estimated: true, cost: cost(1_000_000) }),
    ],
    use(2, 20, 10, true, 1_000_007),
    /partly estimated; cost 1\.000007 USD by the prices/,
  ],
  [
    "a request that nobody saw answered",
    [asked, asked, answered({ ...tokens, cost: cost(7) })],
    use(2, 10, 5, true, 7),
    /cost 0\.000007 USD/,
  ],
  ["no answer at all", [asked], use(1, 0, 0, true), /cost unknown/],
  [
    "a refusal of the provider, which is free",
    [asked, answered({ model: "m", cost: cost(0) })],
    use(1, 0, 0, false, 0),
    /cost 0\.000000 USD/,
  ],
  ["claims of another form", [asked, answered({ inputTokens: "9", cost: 3 })], use(1, 0, 0, false), /cost unknown/],
])("the use of a model is added up and told: %s", (_, events, expected, says) => {
  const told = modelUse(events);
  expect(told).toEqual(expected);
  if (told !== undefined) expect(modelUseSays(told)).toMatch(says);
  expect(isTold(events, told)).toBe(true);
});

const EVENTS = [asked, asked, answered({ ...tokens, cost: cost(7) }), answered({ ...tokens, cost: cost(3) })];
const TOLD: ReportedModelUse = {
  requests: 2,
  inputTokens: 20,
  outputTokens: 10,
  estimated: false,
  cost: { micros: 10, currency: "USD" },
};

test.each<[string, Partial<ReportedModelUse>]>([
  ["fewer requests", { requests: 1 }],
  ["fewer tokens in", { inputTokens: 19 }],
  ["fewer tokens out", { outputTokens: 0 }],
  ["an estimate where there was none", { estimated: true }],
  ["a lower cost", { cost: { micros: 9, currency: "USD" } }],
  ["another currency", { cost: { micros: 10, currency: "EUR" } }],
  ["a cost that nobody knows", { cost: null }],
])("R117 a report that tells %s is contradicted", (_, lie) => {
  expect(isTold(EVENTS, TOLD)).toBe(true);
  expect(isTold(EVENTS, { ...TOLD, ...lie })).toBe(false);
});

test("R117 a bundle of before, whose report tells nothing of its model, is not contradicted", () => {
  expect(isTold(EVENTS, undefined)).toBe(true);
  expect(isTold([asked, answered(tokens)], { ...TOLD, requests: 1, inputTokens: 10, outputTokens: 5 })).toBe(false);
});
