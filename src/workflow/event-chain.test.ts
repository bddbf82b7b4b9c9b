import * as fc from "fast-check";
import { expect, test } from "vitest";

import { digestOf } from "./digest.ts";
import { chainStart, eventLine, parseEvent, walkChain } from "./event-chain.ts";
import { parseRunId } from "./ids.ts";
import { EVENT_TYPES, type RunEvent } from "./run-events.ts";
import { TRUST } from "./trust.ts";

const run = parseRunId("R-049-02")!;
const host = digestOf("host");
const time = "2026-06-01T10:00:00.000Z";

const event = (data: RunEvent["data"], type: RunEvent["type"] = "gate.checked"): RunEvent => ({
  type,
  subject: "gate/9",
  trust: "harness-observed",
  data,
});

const chainOf = (...events: readonly RunEvent[]): readonly string[] => {
  const lines: string[] = [];
  let prev = chainStart(run);
  for (const [sequence, each] of events.entries()) {
    const line = eventLine({ event: each, run, sequence, prev, time, host });
    lines.push(line);
    prev = digestOf(line);
  }
  return lines;
};

const five = chainOf(...[0, 1, 2, 3].map((n) => event({ n })), event({ result: "blocked" }, "run.finished"));
const [a, b, c, d, e] = five as readonly [string, string, string, string, string];

test("a fact is one CloudEvents line", () => {
  expect(JSON.parse(a)).toEqual({
    specversion: "1.0",
    id: expect.stringMatching(/^01KT[0-9A-HJKMNP-TV-Z]{22}$/),
    source: `urn:cto-harness:host:${host}:run:R-049-02`,
    type: "cto.gate.checked.v1",
    dataschema: "urn:cto-harness:event:gate.checked:v1",
    subject: "gate/9",
    time,
    datacontenttype: "application/json",
    sequence: "0000000000",
    prevhash: digestOf("cto-harness/events/v1\ncto-harness/run/R-049-02"),
    trust: "harness-observed",
    authtype: "system",
    authid: "harness",
    data: { n: 0 },
  });
});

test("R113 a claim names the backend and nobody who authenticated it", () => {
  const claim: RunEvent = { ...event({}), trust: "agent-claimed" };
  const line = eventLine({ event: claim, run, sequence: 0, prev: chainStart(run), time, host, backend: "case" });
  expect(JSON.parse(line)).toMatchObject({
    trust: "agent-claimed",
    authtype: "unauthenticated",
    authid: "backend:case",
  });
});

test("the same fact in the same place is the same line, in another place another id", () => {
  expect(chainOf(event({ n: 0 }))[0]).toBe(a);
  expect(new Set(five.map((line) => parseEvent(line).id)).size).toBe(5);
});

test("any fact reads back as it was recorded", () => {
  const facts = fc.record({
    type: fc.constantFrom(...EVENT_TYPES.filter((type) => type !== "run.finished")),
    subject: fc.string(),
    trust: fc.constantFrom(...TRUST),
    data: fc
      .dictionary(fc.string(), fc.jsonValue())
      .map((data) => JSON.parse(JSON.stringify(data)) as RunEvent["data"]),
  });
  fc.assert(
    fc.property(fc.array(facts, { maxLength: 5 }), (events) => {
      const walked = walkChain(run, chainOf(...events));
      expect(walked).toMatchObject({ ok: true, count: events.length });
      if (walked.ok)
        expect(walked.events.map(({ type, subject, trust, data }) => ({ type, subject, trust, data }))).toEqual(events);
    }),
  );
});

const nested = (depth: number): unknown => JSON.parse(`${"[".repeat(depth)}${"]".repeat(depth)}`);

test.each<readonly [string, unknown, unknown]>([
  ["half a surrogate pair", "x\uD800", "x\uFFFD"],
  ["a number that is none in JSON", JSON.parse("1e400"), "Infinity"],
  ["the key __proto__", JSON.parse('{"__proto__":{"a":1}}'), JSON.parse('{"__proto__":{"a":1}}')],
  ["a key of half a pair", { "\uDFFF": 1 }, { "\uFFFD": 1 }],
  ["a line feed", "a\nb\u2028c", "a\nb\u2028c"],
])("what an agent sends is kept in one valid line: %s", (_, sent, kept) => {
  const [line] = chainOf(event({ raw: sent as never }));
  expect(line).not.toContain("\n");
  expect(parseEvent(line!).data["raw"]).toEqual(kept);
});

test("a hundred thousand brackets of an agent are cut, not a crash", () => {
  expect(walkChain(run, chainOf(event({ raw: nested(5000) as never }))).ok).toBe(true);
});

const other = parseRunId("R-049-03")!;
const foreign = eventLine({ event: event({ n: 1 }), run: other, sequence: 1, prev: digestOf(a), time, host });
const late = eventLine({ event: event({ n: 5 }), run, sequence: 5, prev: digestOf(e), time, host });

test.each<readonly [string, readonly string[], number, string]>([
  ["a line edited", [a, b.replace('"n":1', '"n":7'), c, d, e], 2, "prevhash"],
  ["a line deleted", [a, c, d, e], 1, "sequence"],
  ["the first line deleted", [b, c, d, e], 0, "sequence"],
  ["two lines swapped", [a, c, b, d, e], 1, "sequence"],
  ["a line twice", [a, b, b, c], 2, "sequence"],
  ["a line after the end", [a, b, c, d, e, late], 5, "after-the-end"],
  ["a line of another run", [a, foreign], 1, "other-run"],
  ["an empty line", [a, "", b], 1, "malformed"],
  ["white space", [a, `${b} `], 1, "malformed"],
  ["a byte order mark", [`\uFEFF${a}`], 0, "malformed"],
  ["a key twice", [a.replace("{", '{"authid":"harness",')], 0, "malformed"],
  ["an unknown attribute", [a.replace("{", '{"aaa":"x",')], 0, "malformed"],
  ["an unknown type", [a.replaceAll("gate.checked", "gate.skipped")], 0, "malformed"],
  ["a schema of another type", [a.replace("event:gate.checked", "event:gate.decided")], 0, "malformed"],
  ["another trust", [a.replace("harness-observed", "believed")], 0, "malformed"],
])("R103 %s breaks the chain", (_, lines, at, what) => {
  expect(walkChain(run, lines)).toEqual({ ok: false, at, what });
});

test("R103 a chain holds as a whole, and any start of it does: only its count and head tell a cut", () => {
  expect(walkChain(run, five)).toMatchObject({ ok: true, count: 5, head: digestOf(e) });
  expect(walkChain(run, five.slice(0, 3))).toMatchObject({ ok: true, count: 3, head: digestOf(c) });
  expect(walkChain(run, [])).toMatchObject({ ok: true, count: 0, head: chainStart(run) });
});

test("R103 no single character of a chain can change unseen, but in its last line", () => {
  const text = five.slice(0, 4).join("\n");
  fc.assert(
    fc.property(fc.nat(text.length - 1), fc.constantFrom("0", "f", "x", '"', " "), (at, character) => {
      fc.pre(text[at] !== character && text[at] !== "\n");
      const changed = `${text.slice(0, at)}${character}${text.slice(at + 1)}\n${e}`;
      expect(walkChain(run, changed.split("\n")).ok).toBe(false);
    }),
  );
});

test("a line of our own ledger that is no event is a crash", () => {
  expect(() => parseEvent("{}")).toThrow(TypeError);
});
