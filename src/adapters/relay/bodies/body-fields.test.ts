import { expect, test } from "vitest";

import { unlistedField } from "./body-fields.ts";

test.each(["chat", "responses", "anthropic", "gemini"] as const)(
  "R065 of %s an unlisted name is told whole; what is no object has no field",
  (api) => {
    const rest = api === "responses" ? { store: false } : {};
    expect(unlistedField(api, { ...rest, odd: 1 })).toBe("odd");
    expect(unlistedField(api, { ...rest, ["x".repeat(10_000)]: 1 })).toHaveLength(10_000);
    for (const none of [[], null, "x", 1]) expect(unlistedField(api, none)).toBe("");
  },
);

test("R065 a hundred thousand faults are one name", () => {
  const messages = Array.from({ length: 30_000 }, () => ({ role: "user", content: [], odd: 1 }));
  expect(unlistedField("anthropic", { messages })).toBe("messages.0.odd");
});
