import { admissionRefusals } from "./refusals/admission.ts";
import { approvalRefusals } from "./refusals/approval.ts";
import { backendRefusals } from "./refusals/backend.ts";
import { commitRefusals } from "./refusals/commit.ts";
import { configRefusals } from "./refusals/config.ts";
import { contractRefusals } from "./refusals/contract.ts";
import { evidenceRefusals } from "./refusals/evidence.ts";
import { gateRefusals } from "./refusals/gate.ts";
import { ledgerRefusals } from "./refusals/ledger.ts";
import { movedLedgerRefusals } from "./refusals/moved-ledger.ts";
import { notifyRefusals } from "./refusals/notify.ts";
import { outcomeRefusals } from "./refusals/outcome.ts";
import { packetTermRefusals } from "./refusals/packet-terms.ts";
import { packetRefusals } from "./refusals/packet.ts";
import { policyRefusals } from "./refusals/policy.ts";
import { preflightRefusals } from "./refusals/preflight.ts";
import { surfaceRefusals } from "./refusals/surface.ts";
import { validationRefusals } from "./refusals/validation.ts";
import { workRefusals } from "./refusals/work.ts";
import { workspaceRefusals } from "./refusals/workspace.ts";

/** What one code means. `{name}` in the texts is a fact that the code must bring (requirements.md: a refusal). */
export interface RefusalWords {
  /** One sentence: what is wrong, with its facts. */
  readonly says: string;
  /** One next step, a command where there is one. */
  readonly next: string;
  /** Why the rule exists, for `cto explain`. */
  readonly why: string;
}

/** Every refusal of the program, in the line's order. Codes are `stage/what-is-wrong` and never reused. */
export const REFUSALS: typeof packetRefusals &
  typeof packetTermRefusals &
  typeof contractRefusals &
  typeof workRefusals &
  typeof configRefusals &
  typeof admissionRefusals &
  typeof preflightRefusals &
  typeof approvalRefusals &
  typeof gateRefusals &
  typeof workspaceRefusals &
  typeof backendRefusals &
  typeof policyRefusals &
  typeof validationRefusals &
  typeof commitRefusals &
  typeof evidenceRefusals &
  typeof outcomeRefusals &
  typeof ledgerRefusals &
  typeof movedLedgerRefusals &
  typeof surfaceRefusals &
  typeof notifyRefusals = {
  ...packetRefusals,
  ...packetTermRefusals,
  ...contractRefusals,
  ...workRefusals,
  ...configRefusals,
  ...admissionRefusals,
  ...preflightRefusals,
  ...approvalRefusals,
  ...gateRefusals,
  ...workspaceRefusals,
  ...backendRefusals,
  ...policyRefusals,
  ...validationRefusals,
  ...commitRefusals,
  ...evidenceRefusals,
  ...outcomeRefusals,
  ...ledgerRefusals,
  ...movedLedgerRefusals,
  ...surfaceRefusals,
  ...notifyRefusals,
};

export type RefusalCode = keyof typeof REFUSALS;

type NamesIn<Text extends string> = Text extends `${string}{${infer Name}}${infer Rest}` ? Name | NamesIn<Rest> : never;

/** The facts that a code's sentence and next step speak of. */
export type FactsOf<Code extends RefusalCode> = {
  readonly [Name in NamesIn<(typeof REFUSALS)[Code]["says" | "next"]>]: string | number;
};

/** A place in a document: 1-based line and column, in code points. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** A no that is an answer: returned, never thrown, and always with every other one that applies. */
export interface Refusal {
  readonly code: RefusalCode;
  readonly facts: Readonly<Record<string, string | number>>;
  readonly at?: Place;
}

export const refusal = <Code extends RefusalCode>(code: Code, facts: FactsOf<Code>, at?: Place): Refusal =>
  at === undefined ? { code, facts } : { code, facts, at };

/** The sentence and next step of a refusal, its facts filled in. The facts may be hostile: show them escaped. */
export const wordsOf = ({ code, facts }: Refusal): { readonly says: string; readonly next: string } => ({
  says: fillIn(meaningOf(code).says, facts),
  next: fillIn(meaningOf(code).next, facts),
});

/** The texts of a code, its facts not yet filled in. */
export const meaningOf = (code: RefusalCode): RefusalWords => {
  const words: Readonly<Record<RefusalCode, RefusalWords>> = REFUSALS;
  return words[code];
};

const fillIn = (text: string, facts: Refusal["facts"]): string =>
  text.replaceAll(/\{(\w+)\}/g, (whole, name: string) => String(facts[name] ?? whole));

export const isRefusalCode = (code: string): code is RefusalCode => Object.hasOwn(REFUSALS, code);
