import { hex, textIn, utf8 } from "./bytes.ts";
import type { Reading } from "./reading.ts";
import { fail, pass, passUnless, type Check } from "./verdict.ts";

const ID = "sentence";
const ENDS = { none: "", LF: "\n", CRLF: "\r\n" } as const;

/** Step 4, the words: the sentence of the record is the packet's, the contract's, and what was received, byte for byte. */
export const checkSentence = async ({ files, records, tools, manifest }: Reading): Promise<readonly Check[]> => {
  const packet = files.get("approval/packet.md");
  if (manifest?.reach === "gate" || records.approvals.length === 0) return [pass(ID, "no approval was used")];
  const required = packet === undefined ? undefined : sentenceIn(packet);
  const digest = async (text: string): Promise<string> => hex(await tools.sha256(utf8(text)));
  const rows = records.approvals.map(async ({ file, record }) => {
    const off = (says: string): Check => fail(ID, "evidence/binding-differs", says, file);
    if (record === undefined) return [off("it does not read as approval/v1")];
    const { sentence, sentenceSha256, input } = record.predicate;
    return [
      ...(required === undefined
        ? [fail(ID, "evidence/binding-differs", "it holds no one fenced sentence", "approval/packet.md")]
        : []),
      ...(sentence === required ? [] : [off("its sentence is not the packet's")]),
      ...(sentence === records.contract?.requiredApproval ? [] : [off("its sentence is not the contract's")]),
      ...(sentenceSha256 === (await digest(sentence)) ? [] : [off("its sentence has another digest")]),
      ...(input.sha256 === (await digest(`${sentence}${ENDS[input.terminator]}`))
        ? []
        : [off("what was received is not the sentence")]),
      ...(isPlainSentence(sentence) ? [] : [off("its sentence holds characters that no packet may require")]),
    ];
  });
  return passUnless(ID, (await Promise.all(rows)).flat(), "byte-equal to the packet's");
};

const isPlainSentence = (text: string): boolean =>
  /^I approve [ -~]{10,390}\.$/.test(text) && !/ {2}|["'`<>\\]/.test(text);

/** The one `text` fence under `## Required Approval`, whatever blank lines stand around. */
const sentenceIn = (packet: Uint8Array): string | undefined => {
  const lines = (textIn(packet) ?? "").split(/\r?\n/);
  const from = lines.indexOf("## Required Approval");
  if (from < 0) return undefined;
  const rest = lines.slice(from + 1);
  const next = rest.findIndex((line) => line.startsWith("## "));
  const section = next < 0 ? rest : rest.slice(0, next);
  const fences = section.flatMap((line, at) => (line.startsWith("```") ? [at] : []));
  const [open, close] = fences;
  if (fences.length !== 2 || open === undefined || close !== open + 2 || section[open] !== "```text") return undefined;
  return section[open + 1];
};
