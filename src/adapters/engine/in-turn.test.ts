import { array, assert, constantFrom, integer, nat, property, record } from "fast-check";
import { expect, test } from "vitest";

import { inTurn, type Turning, type Turns } from "./in-turn.ts";

const NOBODY: Turns = { owners: new Map(), targets: new Map() };

const order = (owner: string, target: string, priority = 0): Turning => ({ owner, target, priority });

const names = constantFrom("", "a", "b", "__proto__", "c\u202e");
const orders = array(record({ owner: names, target: names, priority: nat(2) }), { maxLength: 40 });

test("each order that waits has its turn once, by priority, and of one owner and target by age", () => {
  assert(
    property(orders, orders, (waiting, running) => {
      const turns = [...inTurn(waiting, running, NOBODY)];
      expect(new Set(turns)).toEqual(new Set(waiting));
      expect(turns).toHaveLength(waiting.length);
      const priorities = turns.map(({ priority }) => priority);
      expect(priorities).toEqual(priorities.toSorted((a, b) => a - b));
      const of = (all: readonly Turning[], one: Turning): readonly Turning[] =>
        all.filter(
          (other) => other.owner === one.owner && other.target === one.target && other.priority === one.priority,
        );
      for (const one of waiting) expect(of(turns, one)).toEqual(of(waiting, one));
    }),
  );
});

test("no owner has a turn beyond as many as he may, and none is passed over who may", () => {
  assert(
    property(orders, orders, integer({ min: 1, max: 5 }), (waiting, running, most) => {
      const turns = [...inTurn(waiting, running, NOBODY, most)];
      for (const owner of new Set(waiting.map((one) => one.owner))) {
        const count = (all: readonly Turning[]): number => all.filter((one) => one.owner === owner).length;
        expect(count(turns)).toBe(Math.min(count(waiting), Math.max(0, most - count(running))));
      }
    }),
  );
});

test("a thousand orders of one owner keep another one waiting for one turn, also where the one has had none yet", () => {
  const many = Array.from({ length: 1_000 }, (_, at) => order("many", `t${at}`));
  const few = order("few", "f");
  expect([...inTurn([...many, few], [], NOBODY)].indexOf(few)).toBe(1);
  expect([...inTurn([...many, few], [order("many", "x")], NOBODY)].indexOf(few)).toBe(0);
  const had = { ...NOBODY, owners: new Map([["many", 7]]) };
  expect([...inTurn([...many, few], [], had)].indexOf(few)).toBe(0);
});

test("of one owner the target comes first whose turn is longest ago", () => {
  const [a1, a2, b1, c1] = [order("o", "a"), order("o", "a"), order("o", "b"), order("o", "c")];
  expect([...inTurn([a1, a2, b1, c1], [], NOBODY)]).toEqual([a1, b1, c1, a2]);
  const had = {
    ...NOBODY,
    targets: new Map([
      ["a", 2],
      ["b", 1],
    ]),
  };
  expect([...inTurn([a1, a2, b1, c1], [], had)]).toEqual([c1, b1, a1, a2]);
});
