import type { ContractChange } from "../../workflow/contract/contract-changes.ts";
import type { Packet, Placed } from "../../workflow/packet/packet.ts";

/** The line of a packet on which a change of its contract stands. */
export const lineOf = (packet: Packet, { field, after }: ContractChange): number | null => {
  const entries = ENTRIES[field]?.(packet);
  if (entries === undefined) return ONE[field]?.(packet).at.line ?? null;
  const told = typeof after === "string" ? after : textIn(after);
  return entries.find(({ value }) => value === told)?.at.line ?? null;
};

const ENTRIES: Readonly<Record<string, (packet: Packet) => readonly Placed<string>[]>> = {
  allowedPaths: ({ allowedPaths }) => allowedPaths,
  allowedHosts: ({ allowedHosts }) => allowedHosts,
  forbiddenPaths: ({ forbiddenPaths }) => forbiddenPaths,
  forbiddenActions: ({ forbiddenActions }) => forbiddenActions,
  successCriteria: ({ criteria }) => criteria,
  evidenceRequired: ({ evidence }) => evidence,
};

const ONE: Readonly<Record<string, (packet: Packet) => Placed<unknown>>> = {
  packet: ({ frontmatter }) => frontmatter.name,
  owner: ({ frontmatter }) => frontmatter.owner,
  workItem: ({ work }) => work,
  targetRepository: ({ target }) => target.path,
  task: ({ task }) => task,
  validation: ({ validation }) => validation,
  requiredApproval: ({ sentence }) => sentence,
  executionGate: ({ gate }) => gate.backend,
};

const textIn = (criterion: ContractChange["after"]): string | undefined =>
  typeof criterion === "object" && criterion !== null && "text" in criterion && typeof criterion["text"] === "string"
    ? criterion["text"]
    : undefined;
