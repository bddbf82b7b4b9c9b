import { readdirSync, readFileSync } from "node:fs";

import { expect, test } from "vitest";

import { agentPage } from "./agent-page.ts";
import { readAgentProfile } from "./read-agent-profile.ts";

const SHIPPED = new URL("../../adapters/backend/profiles/", import.meta.url);
const PAGES = "../../../docs/agents";
const ids = readdirSync(SHIPPED).map((name) => name.replace(/\.json$/, ""));

test.each(ids)("docs/agents/%s.md is what the profile gives", async (id) => {
  const profile = await readAgentProfile(id, async (name) => readFileSync(new URL(`${name}.json`, SHIPPED)));
  if (!profile.ok) throw new Error(`${id} cannot be read`);
  await expect(agentPage(profile.value)).toMatchFileSnapshot(`${PAGES}/${id}.md`);
});

test("there is no page of an agent that is not there", () => {
  // Case has no profile: how it is led is code, and its page is written by hand.
  const pages = readdirSync(new URL(`${PAGES}/`, import.meta.url)).filter(
    (name) => name !== "README.md" && name !== "case.md",
  );
  expect(pages.sort()).toEqual(ids.map((id) => `${id}.md`).sort());
});
