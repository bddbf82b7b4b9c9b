import { expect, test } from "vitest";

import { checkEgress } from "./check-egress.ts";
import type { EventData } from "./events.ts";
import type { Reading } from "./reading.ts";

const event = (type: string, data: EventData["data"]): Event => ({
  text: "",
  line: 1,
  event: {
    source: "",
    type: `cto.${type}.v1`,
    dataschema: "",
    subject: "",
    time: "",
    sequence: "",
    prevhash: "",
    trust: "",
    authtype: "",
    authid: "",
    data,
  },
});
type Event = NonNullable<Reading["events"]>[number];

const RELAY = event("sandbox.started", { network: "relay" });
const ANSWER = event("model.answered", { n: 1, status: 200, requestSha256: "a", responseSha256: "b" });
const line = (seq: number, more: object = {}): string => `${JSON.stringify({ seq, ...more })}\n`;
const EXCHANGE = { n: 1, status: 200, request: { sha256: "a" }, response: { sha256: "b" } };

const verdicts = (events: readonly Event[], files: Readonly<Record<string, string>>): readonly string[] => {
  const bytes = Object.entries(files).map(([name, text]) => [name, new TextEncoder().encode(text)] as const);
  const reading: Pick<Reading, "files" | "events"> = { files: new Map(bytes), events };
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- only these two are looked at
  return checkEgress(reading as Reading).map(({ verdict }) => verdict);
};

test("a bundle of before the relay has no lines and needs none", () => {
  expect(verdicts([event("sandbox.started", { network: "none" })], {})).toEqual(["PASS"]);
});

test("lines without a gap, with every answer among them, hold; those of a broken performance count too", () => {
  expect(verdicts([RELAY], { "backend/egress.jsonl": "" })).toEqual(["PASS"]);
  expect(verdicts([RELAY, ANSWER], { "backend/egress.jsonl": line(0) + line(1, EXCHANGE) })).toEqual(["PASS"]);
  const broken = { "backend/egress.jsonl": "", "backend/attempt-1/egress.jsonl": line(0, EXCHANGE) };
  expect(verdicts([RELAY, ANSWER], broken)).toEqual(["PASS"]);
});

test.each([
  ["the file is gone", undefined],
  ["the answer's line is gone", line(0)],
  ["a line before it is gone", line(1, EXCHANGE)],
  ["a line stands twice", line(0) + line(0) + line(1, EXCHANGE)],
  ["its answer is another", line(0, { ...EXCHANGE, response: { sha256: "c" } })],
  ["its request is another", line(0, { ...EXCHANGE, request: { sha256: "c" } })],
  ["its status is another", line(0, { ...EXCHANGE, status: 500 })],
  ["the last line is cut", line(0, EXCHANGE).slice(0, -2)],
  ["a line is none", `${line(0, EXCHANGE)}x\n`],
])("R065 it fails where %s", (_, text) => {
  const files: Readonly<Record<string, string>> = text === undefined ? {} : { "backend/egress.jsonl": text };
  expect(verdicts([RELAY, ANSWER], files)).toContain("FAIL");
});
