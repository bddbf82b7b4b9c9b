import { expect, test } from "vitest";

import { checkEgress } from "./check-egress.ts";
import type { EventData } from "./events.ts";
import type { Reading } from "./reading.ts";

const event = (type: string, data: EventData["data"]): Event => ({
  bytes: new Uint8Array(),
  leaf: new Uint8Array(),
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

const verdicts = (
  events: readonly Event[],
  files: Readonly<Record<string, string>>,
  allowedHosts?: readonly string[],
): readonly string[] => {
  const bytes = Object.entries(files).map(([name, text]) => [name, new TextEncoder().encode(text)] as const);
  const reading = { files: new Map(bytes), events, records: { contract: { allowedHosts } } };
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- only these three are looked at
  return checkEgress(reading as unknown as Reading).map(({ verdict }) => verdict);
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

const TUNNEL = { channel: "connect", verdict: "allowed", host: "pypi.org:443" };
const ASKED = event("host.asked", { host: "pypi.org:443", verdict: "allowed" });

test.each<[string, readonly Event[], string, readonly string[] | undefined, string]>([
  [
    "it holds where the contract grants what a line tells of",
    [RELAY, ASKED],
    line(0, TUNNEL),
    ["pypi.org:443"],
    "PASS",
  ],
  ["it fails where no contract grants it", [RELAY, ASKED], line(0, TUNNEL), undefined, "FAIL"],
  ["it fails where the contract grants another", [RELAY, ASKED], line(0, TUNNEL), ["pypi.org:80"], "FAIL"],
  ["it fails where one was begun and cut", [RELAY, ASKED], line(0, { ...TUNNEL, verdict: "cut" }), undefined, "FAIL"],
  ["it fails where the log tells of none", [RELAY], line(0, TUNNEL), ["pypi.org:443"], "FAIL"],
  ["it fails where no line tells of it", [RELAY, ASKED], "", ["pypi.org:443"], "FAIL"],
  ["it holds where it was refused", [RELAY], line(0, { ...TUNNEL, verdict: "denied" }), undefined, "PASS"],
])("R065 of a way to a host %s", (_, events, text, hosts, verdict) => {
  expect(verdicts(events, { "backend/egress.jsonl": text }, hosts)).toContain(verdict);
});
