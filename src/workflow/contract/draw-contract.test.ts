import { expect, test } from "vitest";

import { documentOf, seedText } from "../../../test/fixtures/seed-packet.ts";
import type { Packet } from "../packet/packet.ts";
import { readPacket } from "../packet/read-packet.ts";
import { contractDigest, contractText, type Contract } from "./contract.ts";
import { drawContract } from "./draw-contract.ts";
import { contractView, viewText } from "./preview-contract.ts";

const seed = seedText("a");

const previewContract = (...shown: Parameters<typeof contractView>): string => viewText(contractView(...shown));

const packetOf = (text: string): Packet => {
  const read = readPacket(documentOf(text), "2026-06-02");
  if (!read.ok) throw new Error(JSON.stringify(read.refusals));
  return read.value.packet;
};

const contractOf = (packet: Packet): Contract => {
  const drawn = drawContract(packet);
  if (!drawn.ok) throw new Error(JSON.stringify(drawn.refusals));
  return drawn.value;
};

const drawnFrom = (from: string, to: string): Contract => contractOf(packetOf(seed.replaceAll(from, to)));

test.each(["draft", "proposed", "superseded", "retired"])("R001 a %s packet yields no contract", (status) => {
  const packet = packetOf(
    seed.replace("status: validated", `status: ${status}`).replace("Status: validated", `Status: ${status}`),
  );
  expect(drawContract(packet)).toMatchObject({
    ok: false,
    refusals: [{ code: "contract/packet-not-validated", facts: { status }, at: { line: 4, column: 9 } }],
  });
});

test("R028 the contract is canonical JSON of the packet alone, in the packet's order", () => {
  const contract = contractOf(packetOf(seed));
  expect(JSON.parse(contractText(contract))).toEqual(contract);
  expect(contractText(contract).startsWith('{"allowedPaths":["src/strings.py","test_strings.py"],"commits":1,')).toBe(
    true,
  );
});

test.each([
  ["an allowed path", "- `test_strings.py`", "- `test_other.py`"],
  ["a forbidden path", "- `.git/`", "- `.git/`\n- `vendor/`"],
  ["the task", "repeated and outer", "repeated or outer"],
  ["a criterion", "artifacts exist.", "artifacts exist. "],
  ["the command", "pytest -q", "pytest -x"],
  ["the owner", "jp", "eve"],
  ["the evidence", "- backend logs", "- backend logs\n- coverage"],
])("R050 the digest moves with %s", (_, from, to) => {
  const text =
    from === "jp" ? seed.replaceAll("jp", "eve").replaceAll("JP", "EVE") : seed.replaceAll(from, to.trimEnd());
  const isMoved = text !== seed;
  expect(contractDigest(contractOf(packetOf(text))) !== contractDigest(contractOf(packetOf(seed)))).toBe(isMoved);
});

test("R141 a change of wording alone moves the packet's digest and not the contract's", () => {
  const reworded = seed.replace("Without that exact approval, execution remains blocked.", "Nothing runs before.");
  expect(contractDigest(contractOf(packetOf(reworded)))).toBe(contractDigest(contractOf(packetOf(seed))));
  expect(documentOf(reworded).digest).not.toBe(documentOf(seed).digest);
});

test("R031 only the four recognised sentences are proven by the Harness, to the byte", () => {
  const { successCriteria } = drawnFrom(
    "Runtime default activation remains false.",
    "Runtime default activation stays false.",
  );
  expect(successCriteria.map(({ id, check }) => [id, check])).toEqual([
    ["C1", "owner-judged"],
    ["C2", "owner-judged"],
    ["C3", "target-clean"],
    ["C4", "evidence-complete"],
    ["C5", "replay-paths"],
    ["C6", "owner-judged"],
  ]);
});

test("R034 R056 the variables of the gate follow from backend and stage", () => {
  const { executionGate } = contractOf(
    packetOf(
      seed
        .replaceAll(/\bCase\b/g, "ACP")
        .replaceAll(/(?<=- `CTO_HARNESS_(?:ALLOW_)?)CASE/g, "ACP")
        .replaceAll("ACP_STAGE5", "ACP_STAGE3")
        .replace("ACP_STAGE=5", "ACP_STAGE=3"),
    ),
  );
  expect(executionGate).toMatchObject({
    backend: "acp",
    stage: 3,
    env: {
      CTO_HARNESS_ALLOW_ACP: { equals: "1" },
      CTO_HARNESS_ACP_STAGE: { equals: "3" },
      CTO_HARNESS_ACP_STAGE3_TARGET_ADMISSION_FILE: { is: "admission-record" },
      CTO_HARNESS_ACP_STAGE3_OPERATOR_OUTCOME: { is: "recorded-after-verification" },
    },
  });
});

test("R007 R027 the preview holds every word of the contract and the Non-Authority Notice", () => {
  const packet = packetOf(seed);
  const contract = contractOf(packet);
  const preview = previewContract(packet, contract, {
    packet: packet.source.digest,
    contract: contractDigest(contract),
  });
  const words = [
    contract.targetRepository.path,
    contract.targetRepository.admissionSource,
    contract.task.statement,
    ...contract.allowedPaths,
    ...contract.forbiddenPaths,
    ...contract.forbiddenActions,
    ...contract.successCriteria.flatMap(({ id, text }) => [id, text]),
    ...contract.rollback.text,
    ...Object.keys(contract.executionGate.env),
    ...contract.executionGate.backendMustNotChoose,
    ...contract.evidenceRequired,
    ...packet.prose.map(({ value }) => value),
    contract.requiredApproval,
    packet.source.digest,
    contractDigest(contract),
    '["python3","-m","pytest","-q"]',
    seed.split("\n").at(-2) ?? "none",
    "enforce nothing",
  ];
  expect(words.filter((word) => !preview.includes(word))).toEqual([]);
  expect(previewContract(packet, contract, { packet: packet.source.digest, contract: contractDigest(contract) })).toBe(
    preview,
  );
});

test("R027 two contracts that differ never have the same preview", () => {
  const other = packetOf(seed.replace("pytest -q", "pytest.-q"));
  expect(previewContract(other, contractOf(other), {})).not.toBe(
    previewContract(packetOf(seed), contractOf(packetOf(seed)), {}),
  );
});

test("hosts that a packet names are in the contract, in the preview with their line, and change the digest; without them neither says a word", () => {
  const plain = packetOf(seed);
  expect(Object.keys(contractOf(plain))).not.toContain("allowedHosts");
  expect(previewContract(plain, contractOf(plain), {})).not.toMatch(/network hosts/);
  const open = packetOf(
    seed.replace("Success criteria:", "Allowed network hosts:\n- `pypi.org:443`\nSuccess criteria:"),
  );
  const contract = contractOf(open);
  expect(contract.allowedHosts).toEqual(["pypi.org:443"]);
  expect(contractDigest(contract)).not.toBe(contractDigest(contractOf(plain)));
  expect(previewContract(open, contract, {})).toMatch(/^Allowed network hosts: .*\n  pypi\.org:443    \(line \d+\)$/m);
});
