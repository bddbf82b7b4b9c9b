import { readFile, stat } from "node:fs/promises";
import path from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";

import { run } from "../../src/harness/run/run.ts";
import type { World } from "../../src/harness/world.ts";
import { parseEvent } from "../../src/workflow/event-chain.ts";
import { redactionsSchema, type Redactions } from "../../src/workflow/evidence/schemas/redactions.ts";
import { runId, type RunId } from "../../src/workflow/ids.ts";
import { expectEvidence, textOf, UNITTEST_FILES, UNITTEST_STEPS } from "./ended.ts";
import { admit, approveBy, endOf, makeGround, openSwitches, POLICY, runOnce, type Ground } from "./ground.ts";

const SECRET = 'pl4nted/"value" of ä variable+0123456789';
const [HALF, OTHER] = [SECRET.slice(0, 17), SECRET.slice(17)];
const TOKEN = `ghp_${"Zz09".repeat(9)}`;
const bytes = Buffer.from(SECRET);

/** Each way of writing what must not be found, as bytes. */
const WRITINGS = [
  SECRET,
  JSON.stringify(SECRET).slice(1, -1),
  bytes.toString("base64").slice(0, -4),
  bytes.toString("base64url").slice(0, -4),
  bytes.toString("hex"),
  encodeURIComponent(SECRET),
  TOKEN,
].map((text) => Buffer.from(text));

const chunk = (text: string): object => ({
  update: { sessionUpdate: "agent_message_chunk", content: { type: "text", text } },
});

/** Prints, writes, sends, names, encodes and cuts up two secrets in every way that the agent has. */
const LEAKS: readonly object[] = [
  { say: `It is ${SECRET}.` },
  { think: TOKEN },
  chunk(`In two pieces: ${HALF}`),
  { notify: "x/between", params: { of: "two pieces" } },
  chunk(`${OTHER} was it, and ${TOKEN.slice(0, 30)}`),
  chunk(TOKEN.slice(30)),
  { stderr: `told aside ${SECRET}` },
  { stderr: `${bytes.toString("hex")} ${TOKEN}` },
  { line: `no json ${SECRET}` },
  { line: `{"jsonrpc":"2.0","method":"x/escaped","params":{"a":"\\u0067${TOKEN.slice(1)}"}}` },
  { notify: "x/y", params: { [TOKEN]: SECRET, deep: [{ value: bytes.toString("base64") }] } },
  { request: "x/z", params: { value: encodeURIComponent(SECRET) }, wait: true },
  {
    update: {
      sessionUpdate: "tool_call",
      toolCallId: TOKEN,
      title: SECRET,
      kind: "execute",
      rawInput: { command: SECRET },
    },
  },
  { update: { sessionUpdate: "plan", entries: [{ content: SECRET, status: TOKEN }] } },
  { ask: { kind: "edit", path: `src/${TOKEN}.py`, title: SECRET } },
  {
    bash: `printf '%s\\n' ${TOKEN} 'git push https://x:${TOKEN}@github.com/a/b'; git push https://${TOKEN}@github.com/a/b`,
  },
  { bash: `git push https://${TOKEN}@github.com/a/b; exit 0`, native: true },
  { write: `secrets/${TOKEN}`, content: SECRET },
];

const PRINTED = `\n\nprint("".join(${JSON.stringify([HALF, OTHER])}), "".join(${JSON.stringify([TOKEN.slice(0, 9), TOKEN.slice(9)])}))\n`;

const [edited, written] = UNITTEST_STEPS;
const content = written !== undefined && "content" in written ? String(written.content) : "";

interface Ended {
  readonly run: RunId;
  readonly codes: readonly string[];
  readonly files: ReadonlyMap<string, Uint8Array>;
}

let ground: Ground;
let world: World;
const runs = new Map<string, Ended>();

const ended = async (name: string, steps: readonly object[], how: () => Promise<readonly string[]>): Promise<void> => {
  await ground.plays(steps);
  expect(await approveBy(world, ground)).toEqual([]);
  const codes = await how();
  const id = runId(ground.work, runs.size + 1);
  const [kind = ""] = codes;
  runs.set(name, {
    run: id,
    codes,
    files: await expectEvidence(world, id, kind as Parameters<typeof expectEvidence>[2]),
  });
};

beforeAll(async () => {
  ground = await makeGround({ validation: ["python3", "-m", "unittest", "-q"] }, UNITTEST_FILES);
  await ground.edit(POLICY, "variables: []", "variables: [MY_SECRET]");
  world = await ground.open({ ...openSwitches("scripted"), MY_SECRET: SECRET });
  await admit(world, ground);
  const once = async (): Promise<readonly string[]> => endOf(await runOnce(world, ground));
  await ended(
    "voided for a path",
    [
      ...LEAKS,
      ...UNITTEST_STEPS,
      { write: `src/${TOKEN}.py`, content: SECRET, native: true },
      { write: ".env", content: SECRET, native: true },
    ],
    once,
  );
  await ended(
    "voided for a change",
    [...LEAKS, edited ?? {}, { write: "test_strings.py", content: `${content}\n# ${SECRET}\n` }],
    once,
  );
  await ended("failed", [...LEAKS, { stderr: SECRET }, { crash: 7 }], once);
  await ended("gave up", [...LEAKS, { stop: `refusal ${TOKEN}` }], once);
  await ended("stopped", [...LEAKS, { hang: true }], async () => {
    const stop = new AbortController();
    return endOf(
      await run(world, ground.work, stop.signal, (line) => {
        if (line.includes("cto.policy.violated.v1") || line.includes(`secrets/`)) stop.abort();
      }),
    );
  });
  await ended(
    "accepted",
    [...LEAKS, edited ?? {}, { write: "test_strings.py", content: `${content}${PRINTED}` }],
    once,
  );
}, 240_000);
afterAll(async () => {
  await world.store.close();
  await ground.close();
});

test("R136 runs end as they would without a secret, but for a change that holds one", () => {
  expect([...runs].map(([name, { codes }]) => [name, codes[0], codes[1]])).toEqual([
    ["voided for a path", "voided", "policy/forbidden-path"],
    ["voided for a change", "voided", "policy/secret-in-change"],
    ["failed", "failed", undefined],
    ["gave up", "failed", undefined],
    ["stopped", "stopped", undefined],
    ["accepted", "awaiting_outcome", undefined],
  ]);
});

test("R136 a secret that was printed, written, sent, named, encoded or cut in two is in no byte of any bundle", () => {
  const found = [...runs.values()].flatMap(({ run: id, files }) =>
    [...files].flatMap(([name, sealed]) =>
      WRITINGS.flatMap((writing, at) => (Buffer.from(sealed).includes(writing) ? [`${id} ${name} ${at}`] : [])),
    ),
  );
  expect(found).toEqual([]);
  for (const { files } of runs.values()) {
    const log = textOf(files, "backend/frames.jsonl");
    expect(log).toContain('"text":"[redacted:env:MY_SECRET] was it, and "');
    expect(textOf(files, "events.normalized.jsonl")).toContain("In two pieces: [redacted:env:MY_SECRET] was it");
    expect(log).toContain("[redacted:github]");
    expect(textOf(files, "backend/stderr.log")).toContain("told aside [redacted:env:MY_SECRET]");
  }
});

test("R136 what the validation printed of it is redacted in the log that decides", () => {
  expect(textOf(runs.get("accepted")?.files ?? new Map(), "test.log")).toContain(
    "[redacted:env:MY_SECRET] [redacted:github]",
  );
});

const redactionsOf = (name: string): Redactions =>
  redactionsSchema.parse(JSON.parse(textOf(runs.get(name)?.files ?? new Map(), "redactions.json")));

test("R136 each secret has one event and one commitment, and every place of it its record", () => {
  for (const [name, { files }] of runs) {
    const { redactions, rules } = redactionsOf(name);
    expect(rules).toEqual(expect.arrayContaining(["env:MY_SECRET", "github", "canary"]));
    const told = textOf(files, "events.normalized.jsonl")
      .split("\n")
      .filter((line) => line.includes("redaction.applied"))
      .map((line) => parseEvent(line).data);
    const first = told.filter((data) => data["again"] === undefined);
    expect(new Set(first.map((data) => data["mark"])).size).toBe(first.length);
    for (const { mark, commitment, bytes: size } of redactions)
      expect(first).toContainEqual(expect.objectContaining({ mark, commitment, bytes: size }));
  }
});

test("R136 salts and originals are on this machine for its owner alone, and in no bundle", async () => {
  for (const { run: id, files } of runs.values()) {
    const folder = path.join(ground.home, ".cto/private", id);
    const file = path.join(folder, "redactions.jsonl");
    expect([(await stat(folder)).mode & 0o777, (await stat(file)).mode & 0o777]).toEqual([0o700, 0o600]);
    const kept = (await readFile(file, "utf8")).trimEnd().split("\n");
    const salts = kept.map((line) => Buffer.from((JSON.parse(line) as { readonly salt: string }).salt, "base64"));
    for (const salt of salts) {
      expect(salt).toHaveLength(32);
      for (const sealed of files.values()) {
        const all = Buffer.from(sealed);
        expect([salt, salt.toString("hex"), salt.toString("base64")].some((one) => all.includes(one))).toBe(false);
      }
    }
  }
});

test("R083 the refusal of a change that holds a secret names path and line and not the value", () => {
  const report = textOf(runs.get("voided for a change")?.files ?? new Map(), "report.md");
  expect(report).toMatch(/test\\_strings\.py holds a secret .* in line \d+ of the new content/);
  expect(runs.get("voided for a change")?.files.has("patch.diff")).toBe(false);
});

test("R136 a secret in a document that evidence holds unedited blocks the run, and the document is left out", async () => {
  await ground.edit(POLICY, "schema: cto/policy/v1", `schema: cto/policy/v1\n# ${TOKEN}`);
  const result = await runOnce(world, ground);
  expect(endOf(result)).toEqual(expect.arrayContaining(["blocked", "gate/secret-in-document"]));
  const files = await expectEvidence(world, runId(ground.work, runs.size + 1), "blocked");
  for (const sealed of files.values()) expect(Buffer.from(sealed).includes(TOKEN)).toBe(false);
  expect(files.has("approval/policy.yaml")).toBe(false);
  expect(textOf(files, "bundle.json")).toContain("It holds a secret, so it is left out as a whole.");
});
