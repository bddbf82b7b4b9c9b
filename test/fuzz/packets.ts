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
export function* objectionsTo(bytes: Uint8Array, contract: Contract): Iterable<string> {
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
  else if (command !== contract.validation.argv.join(" ")) yield "it runs another command";
  if (!sentence?.startsWith(`I approve ${contract.workItem} against ${contract.targetRepository.path} for the `))
    yield "the sentence names another work item or target";
  const [allowed, forbidden] = [itemsUnder("Allowed paths:", lines), itemsUnder("Forbidden paths:", lines)];
  if (allowed.join("\n") !== contract.allowedPaths.join("\n")) yield "it allows other paths than its list";
  if (forbidden.join("\n") !== contract.forbiddenPaths.join("\n")) yield "it forbids other paths than its list";
  for (const path of contract.allowedPaths)
    if (path.startsWith("/") || path.split("/").includes("..") || path === "**") yield `${path} may not be allowed`;
  for (const path of BASE_PATHS) if (!forbidden.includes(path)) yield `no line forbids ${path}`;
  for (const action of BASE_ACTIONS)
    if (!contract.forbiddenActions.some((one) => one === action)) yield `it does not forbid ${action}`;
  if (!contract.targetRepository.path.startsWith("/")) yield "its target is no absolute path";
  if (contract.successCriteria.length === 0) yield "it has no criterion";
  if (!text.includes("This packet does not authorize execution.")) yield "it has no notice";
}

/** The pieces of code in the items below the one line that says so, up to the next line that is none. */
const itemsUnder = (label: string, lines: readonly string[]): readonly string[] => {
  const [at = lines.length, ...others] = lines.flatMap((line, index) => (line.trim() === label ? [index] : []));
  if (others.length > 0) return [`${label} stands twice`];
  const below = lines.slice(at + 1);
  const end = below.findIndex((line) => line.trim() !== "" && !line.trim().startsWith("- "));
  return below.slice(0, end === -1 ? undefined : end).flatMap((line) => /^\s*- `(.+)`$/.exec(line)?.[1] ?? []);
};
