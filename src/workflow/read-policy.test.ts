import { expect, test } from "vitest";

import { source } from "../../test/fixtures/governed.ts";
import { configuredBackends } from "./authority.ts";
import { defaultPolicyText } from "./default-policy.ts";
import { readPolicy } from "./read-policy.ts";
import type { Refusal } from "./refusal.ts";
import type { Result } from "./result.ts";

const PATH = ".sot/authority/policy.yaml";
const read = (text: string | Uint8Array): Result<unknown, Refusal> => readPolicy(source(PATH, text));
const text = defaultPolicyText();

test("R040 the policy that `cto init` writes is read whole and allows one risk class, A2 and level B", () => {
  const policy = readPolicy(source(PATH, text));
  expect(policy).toMatchObject({
    ok: true,
    value: {
      riskClasses: { low_risk_noncritical: { minimumAssurance: "A2", minimumConfinement: "B" } },
      approvalExpiryMs: 86_400_000,
      deniedAttempts: "record",
      requirePriorStage: false,
      toolchains: [],
      coreRoots: [],
      uidBase: 60_600,
    },
  });
  expect(policy.ok && policy.value.baseForbiddenPaths).toEqual([
    ".env",
    ".env.*",
    "secrets/",
    "credentials/",
    "deploy/",
    "infra/",
    ".github/workflows/",
    ".git/",
  ]);
  expect(policy.ok && policy.value.digest).toBe(source(PATH, text).digest);
  expect(policy.ok && configuredBackends(policy.value)).toEqual(["scripted", "case"]);
});

test("R135 the limits are those of confinement.md section 8", () => {
  const policy = readPolicy(source(PATH, text));
  expect(policy.ok && policy.value.limits).toEqual({
    wallMs: 30 * 60_000,
    idleMs: 5 * 60_000,
    processesMax: 200,
    descriptorsMax: 1024,
    fileBytesMax: 256 * 2 ** 20,
    dataBytesMax: 4 * 2 ** 30,
    memoryBytesMax: 4 * 2 ** 30,
    scratchBytesMax: 64 * 2 ** 20,
    scratchInodesMax: 5000,
    tmpBytesMax: 256 * 2 ** 20,
    outputBytesMax: 2 ** 20,
    changedFilesMax: 200,
    patchBytesMax: 2 ** 20,
    committedFileBytesMax: 5 * 2 ** 20,
  });
});

test("R055 without a policy there is no authority", () => {
  expect(readPolicy("absent")).toMatchObject({
    ok: false,
    refusals: [{ code: "gate/policy-absent", facts: { path: PATH } }],
  });
});

const lineOf = (start: string): number => text.split("\n").findIndex((line) => line.startsWith(start)) + 1;

test.each<[string, string | Uint8Array, string, number]>([
  ["an unknown key", `${text}defaultBackend: case\n`, "defaultBackend", lineOf("uidBase:") + 1],
  ["N4: a default in the backends", text.replace("  case: {}", "  default: case"), "backends", lineOf("  case: {}")],
  ["a key twice", `${text}coreRoots: []\n`, "unique", lineOf("uidBase:") + 1],
  ["a misspelled limit", text.replace("wallMs", "wallTime"), "limits", lineOf("limits:")],
  ["a missing key", text.replace(/^uidBase.*$/m, ""), "uidBase", 1],
  [
    "an unknown assurance",
    text.replace("minimumAssurance: A2", "minimumAssurance: A9"),
    "minimumAssurance",
    lineOf("    minimumAssurance"),
  ],
  ["a limit of nothing", text.replace("wallMs: 1800000", "wallMs: 0"), "limits.wallMs", lineOf("  wallMs")],
  ["a limit that is text", text.replace("wallMs: 1800000", 'wallMs: "1800000"'), "limits.wallMs", lineOf("  wallMs")],
  ["a limit without end", text.replace("wallMs: 1800000", "wallMs: .inf"), "limits.wallMs", lineOf("  wallMs")],
  [
    "an approval for a year",
    text.replace("approvalExpiryMs: 86400000", "approvalExpiryMs: 31536000000"),
    "approvalExpiryMs",
    lineOf("approvalExpiryMs"),
  ],
  [
    "a yes that is no boolean",
    text.replace("requirePriorStage: false", "requirePriorStage: no"),
    "requirePriorStage",
    lineOf("requirePriorStage"),
  ],
  [
    "an anchor and its alias",
    text.replace("toolchains: []", "toolchains: &a []").replace("coreRoots: []", "coreRoots: *a"),
    "anchors",
    lineOf("toolchains"),
  ],
  ["a merge key", text.replace("  case: {}", "  <<: {}"), "backends", lineOf("  case: {}")],
  ["a tag", text.replace("toolchains: []", "toolchains: !!seq []"), "tags", lineOf("toolchains")],
  ["a tag nobody knows", text.replace("toolchains: []", "toolchains: !run []"), "", lineOf("toolchains")],
  ["a number as key", text.replace("  low_risk_noncritical:", "  7:"), "plain text", lineOf("  low_risk")],
  ["__proto__ as key", text.replace("  low_risk_noncritical:", "  __proto__:"), "plain text", lineOf("  low_risk")],
  ["a tab", text.replace("    minimumAssurance", "\tminimumAssurance"), "cannot be seen", 1],
  ["a zero-width space", text.replace("record", "re\u{200b}cord"), "cannot be seen", 1],
  ["a byte order mark", `\u{feff}${text}`, "cannot be seen", 1],
  ["two documents", `${text}---\nschema: cto/policy/v1\n`, "document", lineOf("uidBase:") + 1],
  ["another version", text.replace("cto/policy/v1", "cto/policy/v2"), "schema", lineOf("schema:")],
  ["an empty file", "", "", 1],
  ["no map at all", "- a\n- b\n", "", 1],
  ["bytes that are not UTF-8", Buffer.of(0xff, 0xfe), "UTF-8", 1],
  ["more than 64 KiB", `${text}# ${"x".repeat(65_536)}\n`, "longer", 1],
])("%s is refused", (_, content, problem, line) => {
  expect(read(content)).toMatchObject({
    ok: false,
    refusals: [
      {
        code: "gate/policy-unreadable",
        facts: { problem: expect.stringContaining(problem) },
        at: { file: PATH, line },
      },
    ],
  });
});

test("a backend entry may be left out, and then nothing stands behind that kind", () => {
  const policy = readPolicy(source(PATH, text.replace("  case: {}\n", "")));
  expect(policy.ok && configuredBackends(policy.value)).toEqual(["scripted"]);
});

const withUpstream = (upstream: string, more = ""): Result<unknown, Refusal> =>
  read(
    text.replace("upstreams: {}", `upstreams: { here: { ${upstream} } }`).replace(/steps: .*/, (line) => line + more),
  );

const HERE = 'api: chat, origin: "https://model.example", keyVariable: MODEL_KEY, models: [small]';

test("R065 an upstream has an api, an origin, a variable and models; a backend names one that there is", () => {
  expect(withUpstream(HERE, "\n    upstream: here")).toMatchObject({
    ok: true,
    value: {
      backends: { scripted: { upstream: "here" } },
      relay: { upstreams: { here: { keyVariable: "MODEL_KEY" } } },
    },
  });
  expect(withUpstream('api: chat, origin: "http://127.0.0.1:8080", models: [small]')).toMatchObject({ ok: true });
  const pricesPerMillionTokens = { input: 0.25, output: 15, currency: "EUR" };
  expect(withUpstream(`${HERE}, pricesPerMillionTokens: { input: 0.25, output: 15, currency: EUR }`)).toMatchObject({
    ok: true,
    value: { relay: { upstreams: { here: { pricesPerMillionTokens } } } },
  });
  expect(read(text.replace(/\nrelay:\n(?: .*\n)+/, "\n"))).toMatchObject({ ok: true });
});

test.each([
  ["an upstream that there is not", HERE, "\n    upstream: elsewhere"],
  ["a path after the origin", HERE.replace("model.example", "model.example/v1")],
  ["plain http to another machine", HERE.replace("https", "http")],
  ["a user in the origin", HERE.replace("model.example", "me@model.example")],
  ["upper case in the origin", HERE.replace("model.example", "Model.example")],
  ["another scheme", HERE.replace("https", "ftp")],
  ["a key instead of its name", HERE.replace("MODEL_KEY", "sk-0123456789")],
  ["no models", HERE.replace("[small]", "[]")],
  ["an unknown api", HERE.replace("chat", "soap")],
  ["a key that nobody knows", `${HERE}, key: x`],
  ["a price below nothing", `${HERE}, pricesPerMillionTokens: { input: -1, output: 1, currency: USD }`],
  ["a price that is no number", `${HERE}, pricesPerMillionTokens: { input: .inf, output: 1, currency: USD }`],
  ["a price in words", `${HERE}, pricesPerMillionTokens: { input: "3", output: 1, currency: USD }`],
  ["a price without its currency", `${HERE}, pricesPerMillionTokens: { input: 1, output: 1 }`],
  ["a currency of several words", `${HERE}, pricesPerMillionTokens: { input: 1, output: 1, currency: "US $" }`],
  ["a price for one direction", `${HERE}, pricesPerMillionTokens: { input: 1, currency: USD }`],
])("R065 %s is refused", (_, upstream, more = "") => {
  expect(withUpstream(upstream, more)).toMatchObject({ ok: false, refusals: [{ code: "gate/policy-unreadable" }] });
});

test.each([
  ["an agent by its profile", "acp: { profile: gemini, packages: /opt/agents/node_modules }", true],
  ["a least mediation", "acp: { profile: gemini, minimumMediation: full, unasked: void }", true],
  ["a grade that nobody knows", "acp: { profile: gemini, minimumMediation: most }", false],
  ["Case with its phases", "case: { binary: /opt/case/ca, profile: standard }", true],
  ["phases of Case that nobody knows", "case: { profile: huge }", false],
  ["a word that nobody knows", "command: { profile: pi-print, unasked: maybe }", false],
  ["no profile", "acp: {}", false],
])("policy.yaml with %s is read or refused", (_, line, isRead) => {
  expect(readPolicy(source(PATH, text.replace("  case: {}\n", `  ${line}\n`))).ok).toBe(isRead);
});
