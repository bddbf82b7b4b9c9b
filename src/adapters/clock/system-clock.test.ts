import { expect, test } from "vitest";

import { hostFacts } from "./host.ts";
import { systemClock } from "./system-clock.ts";

const clock = systemClock();

test("R048 a moment is told by both clocks and the boot they belong to", () => {
  const [before, after] = [clock.now(), clock.now()];
  expect(before.bootId).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  expect(after.bootId).toBe(before.bootId);
  expect(after.bootMs).toBeGreaterThanOrEqual(before.bootMs);
  expect(after.epochMs - before.epochMs - (after.bootMs - before.bootMs)).toBeLessThan(5000);
});

test("ids are ULIDs of now, and no two are the same", () => {
  const ids = Array.from({ length: 1000 }, () => clock.newId());
  expect(ids.filter((id) => !/^[0-7][0-9A-HJKMNP-TV-Z]{25}$/.test(id))).toEqual([]);
  expect(new Set(ids).size).toBe(1000);
});

test("nonces are 32 bytes, and no two are the same", () => {
  const nonces = Array.from({ length: 100 }, () => clock.newNonce());
  expect(nonces.every((nonce) => nonce.length === 32)).toBe(true);
  expect(new Set(nonces.map((nonce) => Buffer.from(nonce).toString("hex"))).size).toBe(100);
});

test("a host is named by a digest that stays the same", () => {
  expect(hostFacts()).toEqual(hostFacts());
  expect(hostFacts().hostId).toMatch(/^[0-9a-f]{64}$/);
});
