import { readdirSync, readFileSync } from "node:fs";

import { expect, test } from "vitest";

import { AGENT_CONFIG_PATHS, AGENT_PROSE_FILES } from "../workspace/agent-config.ts";
import { readAgentProfile } from "./read-agent-profile.ts";

const SHIPPED = new URL("../../adapters/backend/profiles/", import.meta.url);
const ids = readdirSync(SHIPPED).map((name) => name.replace(/\.json$/, ""));

test.each(ids)("whatever a repository could ship for %s is masked or told, whichever agent runs", async (id) => {
  const read = await readAgentProfile(id, async (name) => readFileSync(new URL(`${name}.json`, SHIPPED)));
  if (!read.ok) throw new Error(`${id} cannot be read`);
  const { paths, prose } = read.value.projectConfig;
  expect(AGENT_CONFIG_PATHS).toEqual(expect.arrayContaining([...paths]));
  expect(AGENT_PROSE_FILES).toEqual(expect.arrayContaining([...prose]));
});
