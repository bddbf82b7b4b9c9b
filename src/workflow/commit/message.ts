import type { Contract } from "../contract/contract.ts";
import type { Digest } from "../digest.ts";
import type { RunId } from "../ids.ts";

/** Author and committer of everything the Harness commits (R098). Never the owner's name, never the agent's. */
export const IDENTITY = { name: "CTO Harness", email: "cto-harness@localhost" } as const;

/** What the message may speak of: all of it is bound by the approval. There is no room for words of an agent. */
export interface MessageFacts {
  readonly contract: Pick<Contract, "workItem" | "task">;
  readonly run: RunId;
  readonly contractDigest: Digest;
  readonly approvalDigest: Digest;
}

/** The message of the one commit. Same facts, same bytes: the commit id depends on it. */
export const commitMessage = ({ contract, run, contractDigest, approvalDigest }: MessageFacts): string =>
  [
    subject(contract.workItem, contract.task.label),
    "",
    "Made by CTO Harness under the contract that its owner approved.",
    "",
    `CTO-Work: ${contract.workItem}`,
    `CTO-Run: ${run}`,
    `CTO-Contract-Digest: ${contractDigest}`,
    `CTO-Approval-Digest: ${approvalDigest}`,
    "",
  ].join("\n");

const LABEL_CHARACTERS_MAX = 60;

/** The label without anything that a forge, a terminal or a trailer parser would act on. */
export const plainLabel = (label: string): string => {
  const plain = label
    .replaceAll(/\p{Default_Ignorable_Code_Point}/gu, "")
    .normalize("NFC")
    .replaceAll(/[^\p{L}\p{M}\p{N} .,()_-]/gu, " ")
    .replaceAll(/-(?=\s*\p{N})/gu, " ")
    .replaceAll(/\s+/gu, " ")
    .trim();
  return Array.from(plain).slice(0, LABEL_CHARACTERS_MAX).join("").trim();
};

const subject = (work: string, label: string): string => {
  const plain = plainLabel(label);
  return plain === "" ? work : `${work}: ${plain}`;
};
