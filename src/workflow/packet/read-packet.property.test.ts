import { array, assert, constantFrom, nat, oneof, property, record, string, uint8Array } from "fast-check";
import { expect, test } from "vitest";

import { documentOf, seedBytes } from "../../../test/fixtures/seed-packet.ts";
import { digestOf } from "../digest.ts";
import { readPacket } from "./read-packet.ts";
import { separateStatements } from "./statements.ts";

const TODAY = "2026-06-02";
const seed = seedBytes("a");

const edit = record({
  at: nat(seed.length),
  drop: nat(40),
  insert: oneof(
    uint8Array({ maxLength: 4 }),
    constantFrom("\n", "```\n", "- ", "## ", "`", "../", "\u202E", "---\n", "I approve ", ": ").map((text) =>
      new TextEncoder().encode(text),
    ),
  ),
});

test("R014 whatever bytes are changed, the answer is a packet or refusals with places, and the same one twice", () => {
  assert(
    property(array(edit, { minLength: 1, maxLength: 4 }), (edits) => {
      const bytes = edits.reduce<Uint8Array>(
        (now, { at, drop, insert }) => Uint8Array.from([...now.subarray(0, at), ...insert, ...now.subarray(at + drop)]),
        seed,
      );
      const read = readPacket(documentOf(bytes), TODAY);
      expect(readPacket(documentOf(bytes), TODAY)).toEqual(read);
      if (read.ok) return;
      const lines = new TextDecoder().decode(bytes).split("\n");
      for (const { at } of read.refusals) {
        expect(at?.line).toBeLessThanOrEqual(lines.length);
        expect(at?.column).toBeLessThanOrEqual(Array.from(lines[(at?.line ?? 0) - 1] ?? "").length + 1);
      }
    }),
    { numRuns: 400 },
  );
});

test("a changed byte of the contract's words never leaves the packet as it was", () => {
  const contractual = (bytes: Uint8Array): string => {
    const read = readPacket(documentOf(bytes), TODAY);
    if (!read.ok) return "refused";
    const { source: _, ...fields } = read.value.packet;
    return digestOf(JSON.stringify(fields, (key, value: unknown) => (key === "at" ? undefined : value)));
  };
  const before = contractual(seed);
  assert(
    property(nat(seed.length - 1), nat(254), (at, shift) => {
      const bytes = Uint8Array.from(seed);
      bytes[at] = ((seed[at] ?? 0) + 1 + shift) % 256;
      expect(contractual(bytes)).not.toBe(before);
    }),
    { numRuns: 300 },
  );
});

test("no text at all crashes the reader", () => {
  assert(
    property(string({ unit: "binary", maxLength: 400 }), (text) => {
      const read = readPacket(documentOf(text), TODAY);
      expect(read.ok).toBe(false);
    }),
  );
});

test("R141 separating statements twice is the same as once, whatever the text", () => {
  const line = constantFrom("", "- a", "b", "```bash", "```", "## c", "  ", "---");
  assert(
    property(array(line), (lines) => {
      const once = separateStatements(lines.join("\n"));
      expect(separateStatements(once)).toBe(once);
    }),
  );
});
