import { expect, test } from "vitest";

import { actOf, KEY_SHEET, type Press } from "./keys.ts";

const press = (key: string, more: Partial<Press> = {}): Press => ({
  key,
  isCommand: false,
  isModified: false,
  isTyping: false,
  isRepeat: false,
  isAfterGo: false,
  ...more,
});

test("each key of the sheet does something, and each key that does something is on the sheet", () => {
  const onSheet = new Set(KEY_SHEET.flatMap(({ keys }) => keys));
  for (const keys of onSheet) {
    if (keys === "Enter" || keys === "Ctrl K") continue; // the browser's own, and the palette's, below
    const [first = "", second] = keys.split(" ");
    expect.soft(actOf(press(first), true), keys).toBeDefined();
    if (second !== undefined)
      expect.soft(actOf(press(second, { isAfterGo: true }), true), keys).toMatchObject({ kind: "go" });
  }
  for (let code = 0x21; code < 0x7f; code += 1) {
    const key = String.fromCodePoint(code);
    const does = actOf(press(key), true);
    if (does !== undefined && does !== "go-next") expect.soft(onSheet.has(key), key).toBe(true);
  }
});

test("no key approves, accepts, rejects, signs or withdraws", () => {
  const all = [press("k", { isCommand: true })].concat(
    Array.from({ length: 0x5e }, (_, n) => press(String.fromCodePoint(0x21 + n))),
    ["Enter", " ", "Tab", "Escape", "Delete"].map((key) => press(key)),
  );
  const kinds = all.map((one) => actOf(one, true)).map((act) => (typeof act === "object" ? act.kind : act));
  for (const kind of kinds) expect(String(kind)).not.toMatch(/approve|accept|reject|sign|withdraw|rollback/);
});

test.each<[string, Press]>([
  ["a letter typed into a field", press("s", { isTyping: true })],
  ["a place asked for in a field", press("r", { isTyping: true, isAfterGo: true })],
  ["Alt and a letter", press("d", { isModified: true })],
  ["Ctrl and a letter", press("c", { isCommand: true })],
  ["Ctrl, Alt and K", press("k", { isCommand: true, isModified: true })],
  ["a stop key that is held down", press("s", { isRepeat: true })],
  ["a capital that is no key", press("S")],
])("%s does nothing", (_, given) => {
  expect(actOf(given, true)).toBeUndefined();
});

test("with shortcuts off only the palette is left, and it opens in a field too", () => {
  expect(actOf(press("?"), false)).toBeUndefined();
  expect(actOf(press("g"), false)).toBeUndefined();
  expect(actOf(press("k", { isCommand: true, isTyping: true }), false)).toEqual({ kind: "palette" });
});

test("a letter after g is a place, and the same letter alone is what it is", () => {
  expect(actOf(press("t", { isAfterGo: true }), true)).toEqual({ kind: "go", to: "/targets" });
  expect(actOf(press("t"), true)).toEqual({ kind: "part", id: "timeline" });
  expect(actOf(press("x", { isAfterGo: true }), true)).toEqual({ kind: "mark" });
});
