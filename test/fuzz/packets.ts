import type { Contract } from "../../src/workflow/contract/contract-form.ts";
import { drawContract } from "../../src/workflow/contract/draw-contract.ts";
import { readPacket } from "../../src/workflow/packet/read-packet.ts";
import { documentOf, seedBytes } from "../fixtures/seed-packet.ts";
import { plainText, REFUSED, type Fuzzed } from "./fuzzed.ts";
import { mutated } from "./mutate.ts";

const TODAY = "2026-06-02";
const CORPUS = [seedBytes("a"), seedBytes("b")];
const WORDS = {
  words: [
    "CTO-WORK-049",
    "CTO-WORK-050",
    "jp",
    "case",
    "scripted",
    "validated",
    "draft",
    "low_risk_noncritical",
    "src/strings.py",
    "test_strings.py",
    "src/",
    "/srv/target",
    "python3",
    "python3 -m pytest -q",
    "bash -c true",
    "push",
    "merge",
    "deploy",
    ".env",
    "secrets/",
    ".git/",
    "equals",
    "0",
    "1",
    "5",
    "2026-06-01",
    "2027-01-01",
    "I approve ",
    " task.",
    "Harness",
    "JP",
  ],
};

export const PACKETS: Fuzzed = {
  kind: "packets",
  share: 0.3,
  makeCase: (random) => mutated(CORPUS, WORDS, random),
  judge: (bytes) => {
    const read = readPacket(documentOf(bytes), TODAY);
    const drawn = read.ok ? drawContract(read.value.packet) : undefined;
    if (drawn?.ok !== true) return REFUSED;
    return { isAccepted: true, objections: [...objectionsTo(bytes, drawn.value)] };
  },
};

// oxlint-disable-next-line no-control-regex -- what hides is looked for
const HIDDEN = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/;
const BASE_ACTIONS = [
  "push",
  "merge",
  "deploy",
  "close",
  "pr_open",
  "issue_close",
  "public_publication",
  "credential_change",
  "vendor_source_mutation",
  "cortex_core_mutation",
];
const BASE_PATHS = [".env", ".env.*", "secrets/", "credentials/", "deploy/", "infra/", ".github/workflows/", ".git/"];

/** A reader that knows lines and no Markdown: what the contract grants must stand in the text, line for line. */
function* objectionsTo(bytes: Uint8Array, contract: Contract): Iterable<string> {
  const text = plainText(bytes);
  if (text === undefined) return yield "it is not UTF-8";
  if (HIDDEN.test(text)) yield "it has a hidden character";
  const lines = text.split("\n");
  const fences = (language: string): readonly string[] =>
    lines.flatMap((line, at) => (line.trim() === `\`\`\`${language}` ? [(lines[at + 1] ?? "").trim()] : []));
  const [sentence, ...sentences] = fences("text");
  const [command, ...commands] = fences("bash");
  if (sentence !== contract.requiredApproval || sentences.length > 0) yield "its sentence is not its one text fence";
  if (command === undefined || commands.length > 0) yield "it has not one bash fence";
  else if (command.split(" ").filter(Boolean).length < contract.validation.argv.length) yield "it runs another command";
  if (!sentence?.includes(contract.workItem) || !sentence.includes(contract.targetRepository.path))
    yield "the sentence names another work item or target";
  const items = new Set(lines.flatMap((line) => /^\s*- `(.+)`$/.exec(line)?.[1] ?? []));
  for (const path of contract.allowedPaths) {
    if (!items.has(path)) yield `no line allows ${path}`;
    if (path.startsWith("/") || path.split("/").includes("..") || path === "**") yield `${path} may not be allowed`;
  }
  for (const path of BASE_PATHS) if (!items.has(path)) yield `no line forbids ${path}`;
  for (const action of BASE_ACTIONS)
    if (!contract.forbiddenActions.some((one) => one === action)) yield `it does not forbid ${action}`;
  if (!contract.targetRepository.path.startsWith("/")) yield "its target is no absolute path";
  if (contract.successCriteria.length === 0) yield "it has no criterion";
  if (!text.includes("This packet does not authorize execution.")) yield "it has no notice";
}
