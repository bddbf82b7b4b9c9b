import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";

import { beforeAll, expect, test } from "vitest";

import { readReport } from "../../src/harness/evidence/read-report.ts";
import type { Report } from "../../src/workflow/evidence/schemas/report.ts";
import { runId } from "../../src/workflow/ids.ts";
import { installFakeAgent, profilePath } from "../fakes/install-agent.ts";
import { openProvider } from "../fakes/provider.ts";
import { expectEvidence, UNITTEST_FILES, UNITTEST_STEPS } from "./ended.ts";
import { admit, approveBy, endOf, makeGround, openSwitches, POLICY, runOnce } from "./ground.ts";

const MODEL = "scripted";

/** A request to the model, as an agent in the stage makes it. */
const asks = (body: object): object => ({
  bash: [
    "python3 - <<'END'",
    "import urllib.request",
    `body = ${JSON.stringify(JSON.stringify({ model: MODEL, messages: [], ...body }))}.encode()`,
    'headers = {"content-type": "application/json"}',
    'request = urllib.request.Request("http://127.0.0.1:8787/v1/chat/completions", body, headers)',
    "print(urllib.request.urlopen(request).status)",
    "END",
  ].join("\n"),
});

const tool = (name: string): object => ({ type: "function", function: { name } });

/** A run of an agent that says it has our tools only, and offers its model one more. */
const run = async (): Promise<Report> => {
  const provider = await openProvider();
  provider.answer = (response) => {
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ usage: { prompt_tokens: 1_000, completion_tokens: 500 } }));
  };
  const ground = await makeGround({ backend: "acp", validation: ["python3", "-m", "unittest", "-q"] }, UNITTEST_FILES);
  const steps = [
    asks({ tools: [tool("harness_read"), tool("mcp__harness__bash")] }),
    asks({ tools: [tool("harness_read"), tool("shell\u202e")] }),
    asks({ tools: [tool("shell\u202e")] }),
    ...UNITTEST_STEPS,
  ];
  const agent = await installFakeAgent(path.join(ground.root, "agents"), "acp", { steps });
  const file = path.join(ground.home, profilePath(agent));
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, JSON.stringify({ ...agent.profile, harnessTools: "session" }));
  const upstream = `{ api: chat, origin: "http://127.0.0.1:${provider.port}", models: [${MODEL}], pricesPerMillionTokens: { input: 3, output: 15.5, currency: USD } }`;
  await ground.edit(POLICY, "upstreams: {}", `upstreams: { here: ${upstream} }`);
  const entry = `acp: { profile: ${agent.profile.id}, packages: "${agent.packages}", upstream: here }`;
  await ground.edit(POLICY, "  case: {}\n", `  ${entry}\n`);
  const world = await ground.open(openSwitches("acp"));
  try {
    await admit(world, ground);
    expect(await approveBy(world, ground)).toEqual([]);
    expect(endOf(await runOnce(world, ground))).toEqual(["awaiting_outcome"]);
    const report = readReport(await expectEvidence(world, runId(ground.work, 1), "awaiting_outcome"));
    if (report === undefined) throw new Error("there is no report");
    return report;
  } finally {
    await world.store.close();
    await ground.close();
    provider.close();
  }
};

let report: Report;
beforeAll(async () => {
  report = await run();
});

test("R078 a tool that is none of ours, offered in a run with ours, is a finding, once, and its name steers nothing", () => {
  expect(report.findings.filter(({ code }) => code === "backend/tools-not-ours")).toEqual([
    {
      code: "backend/tools-not-ours",
      says: "The model was offered the tool shell<U+202E>, which is none of the Harness's.",
    },
  ]);
});

test("R078 what the model cost is told by the relay's count and the policy's prices", () => {
  // Three requests of 1,000 tokens in and 500 out: 3 * (1,000 * 3 + 500 * 15.5) millionths.
  expect(report.model).toEqual({
    requests: 3,
    inputTokens: 3_000,
    outputTokens: 1_500,
    estimated: false,
    cost: { micros: 32_250, currency: "USD" },
  });
});
