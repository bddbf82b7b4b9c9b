import { expect, test } from "vitest";

import { policy } from "../../../test/fixtures/governed.ts";
import { behindBackend } from "./behind-backend.ts";

const UPSTREAM = 'here: { api: chat, origin: "https://model.example", models: [small, large] }';
const authority = policy((text) =>
  text
    .replace("upstreams: {}", `upstreams: { ${UPSTREAM} }`)
    .replace(
      "  case: {}\n",
      "  acp: { profile: pi, packages: /opt/agents/node_modules, upstream: here }\n  case: {}\n",
    ),
);

test("R052 the approver sees which agent and which models stand behind the backend that the packet names", () => {
  expect(behindBackend(authority, "acp")).toEqual([
    "profile pi",
    "model small, large of upstream here at https://model.example",
  ]);
  expect(behindBackend(authority, "case")).toEqual(["no model"]);
  expect(behindBackend(authority, "command")).toEqual([]);
});

test("a name in policy.yaml can hide nothing from the approver", () => {
  const { acp, ...others } = authority.backends;
  if (acp === undefined) throw new Error("the policy names an agent");
  const hiding = { ...authority, backends: { ...others, acp: { ...acp, profile: "p\u202ei" } } };
  expect(behindBackend(hiding, "acp")[0]).toBe("profile p<U+202E>i");
});
