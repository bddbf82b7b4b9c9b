import { readFile } from "node:fs/promises";
import path from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";

import { present } from "../../src/harness/approval/present.ts";
import { readingOf, type Reading } from "../../src/harness/reading/reading.ts";
import type { World } from "../../src/harness/world.ts";
import { STEERING } from "../cli/cli.ts";
import {
  admit,
  approveBy,
  endOf,
  HONEST_STEPS,
  makeGround,
  openSwitches,
  runOnce,
  type Ground,
} from "../journeys/ground.ts";
import { openAssistant, type Assistant } from "./assistant.ts";

const RUN = "R-049-01";
const WORK = "CTO-WORK-049";
const HIDES = "\u001b[2Jdone\u202e \u2066<script>alert(1)</script>\u00ad";

let ground: Ground;
let world: World;
let reading: Reading;
let sentence: string;
let assistant: Assistant;
beforeAll(async () => {
  ground = await makeGround();
  world = await ground.open(openSwitches("scripted"));
  await ground.plays([{ say: HIDES }, ...HONEST_STEPS]);
  await admit(world, ground);
  const shown = await present(world, ground.work);
  if (!shown.ok) throw new Error("nothing to approve");
  sentence = shown.value.contract.requiredApproval;
  expect(await approveBy(world, ground)).toEqual([]);
  expect(endOf(await runOnce(world, ground))).toEqual(["awaiting_outcome"]);
  reading = readingOf(world);
  assistant = await openAssistant(ground.home, openSwitches("scripted"));
}, 60_000);
afterAll(async () => {
  await assistant.close();
  await ground.close();
});

test("these are the tools, resources and prompts, and each tool says that it only reads", async () => {
  const { client } = assistant;
  const { tools } = await client.listTools();
  for (const { annotations } of tools)
    expect(annotations).toEqual({
      readOnlyHint: true,
      destructiveHint: false,
      idempotentHint: true,
      openWorldHint: false,
    });
  const inputs = tools.map(
    ({ name, inputSchema }) => `${name}(${Object.keys(inputSchema.properties ?? {}).join(", ")})`,
  );
  const { resources } = await client.listResources();
  const { resourceTemplates } = await client.listResourceTemplates();
  const { prompts } = await client.listPrompts();
  const names = [
    ...inputs.map((name) => `tool      ${name}`),
    ...resources.map(({ uri }) => `resource  ${uri}`),
    ...resourceTemplates.map(({ uriTemplate }) => `resource  ${uriTemplate}`),
    ...prompts.map(
      ({ name, arguments: given = [] }) => `prompt    ${name}(${given.map((one) => one.name).join(", ")})`,
    ),
  ];
  await expect(`${names.join("\n")}\n`).toMatchFileSnapshot("../golden/mcp-names.txt");
});

test("no name of a verb that decides, executes or changes is offered, and none is answered", async () => {
  const { client, call } = assistant;
  const { tools } = await client.listTools();
  const verbs =
    /approve|withdraw|accept|reject|outcome|roll|admit|suspend|revoke|(?:^|_)run$|start|stop|replay$|key|policy|config|write|save|set/;
  expect(tools.filter(({ name }) => verbs.test(name) && name !== "cto_get_run" && name !== "cto_verify_run")).toEqual(
    [],
  );
  for (const name of ["cto_approve", "cto_outcome", "cto_run", "cto_replay", "cto_admit"])
    await expect(call(name, { work: WORK })).rejects.toThrow(/not found/i);
  expect(Object.keys(client.getServerCapabilities() ?? {}).toSorted()).toEqual(["prompts", "resources", "tools"]);
});

const asRead = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
const valueOf = (sought: { readonly found: boolean; readonly value?: unknown }): unknown => asRead(sought.value);

// What is only true of one moment, and what this surface adds.
const steady = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value, (name, member: unknown) =>
      ["at", "untrusted", "sentence"].includes(name) ? undefined : member,
    ),
  );

test("its objects are those of every surface, escaped", async () => {
  expect(steady((await assistant.call("cto_status")).told)).toEqual(steady(asRead(await reading.status())));
  const run = (await assistant.call("cto_get_run", { run: RUN })).told;
  const { claims: _claims, ...rest } = valueOf(await reading.run(RUN)) as Readonly<Record<string, unknown>>;
  expect(steady({ ...run, claims: undefined })).toEqual(steady(rest));
  const { told } = await assistant.call("cto_list_packets");
  expect(told).toEqual({ packets: asRead(await reading.packets()), total: 1 });
  const verified = await assistant.call("cto_verify_run", { run: RUN });
  expect(verified.told).toMatchObject(valueOf(await reading.verify(RUN)) as object);
  expect((await assistant.call("cto_explain", { code: "approval/absent" })).told).toEqual(
    valueOf(reading.explain("approval/absent")),
  );
});

test("what an agent says is marked, and steers, hides or turns nothing", async () => {
  for (const [name, given] of [
    ["cto_get_run", { run: RUN }],
    ["cto_get_timeline", { run: RUN, limit: 500 }],
    ["cto_read_evidence", { run: RUN, name: "events.normalized.jsonl" }],
  ] as const) {
    const { told, text } = await assistant.call(name, given);
    expect(told["untrusted"]).toBe(true);
    expect(text).toContain("untrusted");
    const all = JSON.stringify(told);
    expect(all).toContain("<script>");
    expect(all.replaceAll(/\\n|\\t/g, "")).not.toMatch(STEERING);
    expect(text.replaceAll("\n", "")).not.toMatch(STEERING);
  }
  const { steps } = (await assistant.call("cto_get_timeline", { run: RUN, limit: 500 })).told as {
    readonly steps: readonly { readonly trust: string; readonly detail: unknown }[];
  };
  const said = steps.filter(({ detail }) => JSON.stringify(detail).includes("<script>"));
  expect(said.map(({ trust }) => trust)).not.toContain("harness-observed");
  expect(said.length).toBeGreaterThan(0);
});

test("no answer holds the sentence that approves or accepts, only where it is read", async () => {
  const { told } = await assistant.call("cto_get_packet", { work: WORK });
  const [file = "", line = ""] = String(told["sentenceAt"]).split(":");
  const lines = (await readFile(path.join(ground.home, file), "utf8")).split("\n");
  expect(lines[Number(line) - 1]).toContain(sentence);
  expect(JSON.stringify(told)).not.toMatch(/"(?:sentence|requiredApproval)"/);
  const packet = await readFile(path.join(ground.home, ground.packet), "utf8");
  const answers = [
    told,
    ...(await Promise.all(
      [
        ["cto_status", {}],
        ["cto_search", { query: "approve" }],
        ["cto_lint_packet", { text: packet.replace("I approve", "I approves") }],
        ["cto_diff_packet", { work: WORK, against: RUN }],
        ["cto_explain_gate", { work: WORK }],
        ["cto_get_run", { run: RUN }],
        ["cto_get_timeline", { run: RUN, limit: 500 }],
        ["cto_read_evidence", { run: RUN, name: "approval/packet.md" }],
        ["cto_read_evidence", { run: RUN, name: "report.md" }],
      ].map(async ([name, given]) => assistant.call(String(name), given as Readonly<Record<string, unknown>>)),
    )),
  ];
  expect(JSON.stringify(answers)).not.toContain(sentence);
  expect(JSON.stringify(answers)).not.toMatch(/I accept the outcome of/);
});

test("a packet is held against what was approved: what widens says so", async () => {
  const same = await assistant.call("cto_diff_packet", { work: WORK });
  expect(same.told).toMatchObject({ kind: "compared", compared: "contract", class: "same", changes: [] });
  await ground.edit(ground.packet, "- `test_strings.py`", "- `test_strings.py`\n- `src/other.py`");
  const wider = await assistant.call("cto_diff_packet", { work: WORK });
  expect(wider.told).toMatchObject({
    class: "widens",
    changes: [{ field: "allowedPaths", class: "widens", before: null, after: "src/other.py" }],
  });
  await ground.edit(ground.packet, "\n- `src/other.py`", "");
});

test("a gate is explained by what is seen, and what is not seen here opens nothing", async () => {
  const { told, text } = await assistant.call("cto_explain_gate", { work: WORK });
  const checks = told["checks"] as readonly { readonly name: string; readonly status: string }[];
  expect(checks.find(({ name }) => name === "switches")).toMatchObject({ status: "not-observed" });
  expect(told["blocked"]).toBe(true);
  expect(JSON.stringify(told)).not.toContain("CTO_HARNESS_");
  expect(text).toContain("Not observed from here: ");
});

test("a part of the evidence is at most its bound, with the digest of the whole, and bytes wherever text is not exact", async () => {
  const part = await assistant.call("cto_read_evidence", { run: RUN, name: "report.json", offset: 1, length: 8 });
  const whole = await readFile(path.join(ground.home, ".cto/runs", RUN, "report.json"));
  expect(part.told).toMatchObject({ text: whole.subarray(1, 9).toString(), size: whole.length, nextOffset: 9 });
  expect(part.told).not.toHaveProperty("base64");
  const said = await assistant.call("cto_read_evidence", { run: RUN, name: "repo/base.pack" });
  expect(Buffer.from(String(said.told["base64"]), "base64")).toEqual(
    await readFile(path.join(ground.home, ".cto/runs", RUN, "repo/base.pack")),
  );
  for (const given of [{ length: 65_537 }, { length: 0 }, { offset: -1 }, { name: 5 }, { more: 1 }])
    expect((await assistant.call("cto_read_evidence", { run: RUN, name: "report.md", ...given })).isError).toBe(true);
  for (const name of ["../report.md", "/etc/passwd", "..", "", "keys/harness.key"]) {
    const answer = await assistant.call("cto_read_evidence", { run: RUN, name });
    expect([answer.isError, answer.told["found"]]).toEqual([true, false]);
  }
});

test("resources are read by their names alone, and a prompt ends with a human", async () => {
  const { client } = assistant;
  const read = async (uri: string): Promise<string> =>
    (await client.readResource({ uri })).contents.map((one) => ("text" in one ? one.text : "")).join("");
  expect(JSON.parse(await read("cto://inbox"))).toMatchObject({ counts: { awaiting_outcome: 1 } });
  expect(JSON.parse(await read(`cto://w/${WORK}`))).toMatchObject({ work: WORK, state: "awaiting_outcome" });
  expect(JSON.parse(await read(`cto://r/${RUN}/control-surface.json`))).toMatchObject({ run: RUN });
  expect(JSON.parse(await read("cto://audit/head"))).toMatchObject({ newest: { type: "run.sealed" } });
  for (const uri of [
    `cto://r/${RUN}/approval/packet.md`,
    "cto://r/..%2f..%2fkeys/report.md",
    "cto://w/x",
    "file:///etc/passwd",
  ])
    await expect(read(uri)).rejects.toThrow(/not found/i);
  const prompts = await Promise.all([
    client.getPrompt({ name: "draft_packet", arguments: { task: "t", target: "/srv/t", like: WORK } }),
    client.getPrompt({ name: "review_run", arguments: { run: RUN } }),
    client.getPrompt({ name: "explain_block", arguments: { work: WORK } }),
  ]);
  expect(JSON.stringify(prompts)).not.toContain(sentence);
  for (const { messages } of prompts) expect(JSON.stringify(messages)).toMatch(/human|owner/);
});

test.each(["legacy", "auto"] as const)(
  "whoever follows a resource is told when the ledger says that it may have changed, by the protocol %s",
  async (protocol) => {
    const { client, close } = await openAssistant(ground.home, {}, protocol);
    const uri = `cto://w/${WORK}`;
    const heard: string[] = [];
    client.setNotificationHandler("notifications/resources/updated", ({ params }) => void heard.push(params.uri));
    if (protocol === "auto") await client.listen({ resourceSubscriptions: [uri] });
    else {
      await client.subscribeResource({ uri });
      await expect(client.subscribeResource({ uri: "cto://w/../keys" })).rejects.toThrow(/not found/i);
    }
    await world.store.transact(async (ledger) => {
      const entry = { type: "packet.linted", actor: "uid:0", channel: "cli", work: ground.work } as const;
      await ledger.appendLeaf({ ...entry, refusals: [], detail: {} });
    });
    await expect.poll(() => heard, { timeout: 5_000 }).toEqual([uri]);
    await close();
  },
);
