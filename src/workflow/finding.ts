/** What may be worth the owner's eye: the sentence of each code with its facts open, and why it is told. */
export const FINDINGS = {
  "backend/claims-authority": {
    says: "The agent claimed something that it may not choose.",
    why: "Target, scope, authority, approval, criteria and status are fixed before it starts; a claim about them changes nothing and is shown.",
  },
  "backend/protocol-violation": {
    says: "The agent spoke against the protocol, or against its own frames.",
    why: "An agent that tells one thing and does another is judged by its bytes; that it did so is shown.",
  },
  "backend/mediation-below-declared": {
    says: "Less passed through the Harness than the profile declares.",
    why: "An agent that writes past its client may be another version, or another agent, than the one that was looked at.",
  },
  "backend/tools-not-ours": {
    says: "The model was offered tools beside the Harness's own.",
    why: "The profile says that the agent's own tools are off; with one of them on, an act need not pass through the Harness.",
  },
  "policy/unmediated-effect": {
    says: "Effects had no request; the result was judged by its bytes.",
    why: "What did not pass through the Harness could not be refused early: it is found by what it left.",
  },
  "validation/not-counted": {
    says: "The runner is not one whose counts are read: only its exit status is known.",
    why: "Without counts nobody can tell whether fewer tests ran than before.",
  },
  "validation/base-fails": {
    says: "The command did not pass on the base either.",
    why: "Where the base fails already, a pass says little about what the change broke.",
  },
  "validation/not-proved": {
    says: "The changed tests pass on the unchanged sources too: they prove nothing about the change.",
    why: "A test that cannot fail without the change is no proof of it.",
  },
  "validation/old-tests-fail": {
    says: "The tests as they were fail on the changed sources.",
    why: "What the old tests demanded is no longer so: the owner decides whether that was wanted.",
  },
  "validation/tests-weakened": {
    says: "Fewer tests ran, or more were skipped, than before the change.",
    why: "A change can pass by taking tests away.",
  },
} as const;

export type FindingCode = keyof typeof FINDINGS;

/** Worth the owner's eye though it voids nothing by itself; accepting names each one (R120). */
export interface Finding {
  readonly code: FindingCode;
  readonly says: string;
}

export const isFindingCode = (code: string): code is FindingCode => Object.hasOwn(FINDINGS, code);

/** The texts of a code; one of a later version is told as such. */
export const findingMeaning = (code: string): { readonly says: string; readonly why: string } =>
  isFindingCode(code)
    ? FINDINGS[code]
    : { says: "A finding of another version.", why: "This version does not know it." };
