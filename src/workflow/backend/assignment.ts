import type { Contract, ForbiddenAction } from "../contract/contract.ts";
import type { RunId } from "../ids.ts";
import type { RunLimits } from "../run-limits.ts";
import { promptFor } from "./prompt.ts";

/** Frozen before the agent starts; the digest of its canonical bytes is in `backend.started` (backends.md 1). */
export interface Assignment {
  readonly run: RunId;
  /** The contract's statement, word for word. */
  readonly task: string;
  readonly allowedPaths: readonly string[];
  readonly forbiddenPaths: readonly string[];
  /** Not there where the contract grants none. */
  readonly allowedHosts?: readonly string[];
  readonly forbiddenActions: readonly ForbiddenAction[];
  readonly criteria: readonly { readonly id: string; readonly text: string }[];
  /** So that the agent may try it; its own try is a claim. */
  readonly validation: readonly string[];
  readonly limits: RunLimits;
  /** The prompt: a pure function of the fields above, and of nothing else. */
  readonly words: string;
}

/** What a backend is told of a contract: the work and its bounds, nothing that it could choose. */
export const assignmentOf = (contract: Contract, run: RunId, limits: RunLimits): Assignment => {
  const told: Omit<Assignment, "words"> = {
    run,
    task: contract.task.statement,
    allowedPaths: contract.allowedPaths,
    forbiddenPaths: contract.forbiddenPaths,
    ...(contract.allowedHosts === undefined ? {} : { allowedHosts: contract.allowedHosts }),
    forbiddenActions: contract.forbiddenActions,
    criteria: contract.successCriteria.map(({ id, text }) => ({ id, text })),
    validation: contract.validation.argv,
    limits,
  };
  return { ...told, words: promptFor(told) };
};
