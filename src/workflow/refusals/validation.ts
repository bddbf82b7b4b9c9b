/** Refusals of this stage: see `RefusalWords` in refusal.ts for what each text is. All of them void the run. */
export const validationRefusals = {
  "validation/failed": {
    says: "The validation command ended with {exit} on the candidate tree.",
    next: "cto logs RUN --stage validation shows its output",
    why: "The Harness judges by its own run of the contract's command, whatever the agent says of its own.",
  },
  "validation/no-test-ran": {
    says: "The validation command ended well, but no test ran ({says}).",
    next: "cto logs RUN --stage validation; check that the command collects tests on the base",
    why: "A command that runs nothing proves nothing; masking an exit status must not pass.",
  },
  "validation/limit-reached": {
    says: "The validation command was ended by the limit {limit}.",
    next: "raise limits.{limit} in policy.yaml and approve again, or make the command smaller",
    why: "A validation that does not end has not passed.",
  },
  "validation/tree-changed": {
    says: "The tree under validation was not the same afterwards.",
    next: "cto logs RUN --stage validation; send caches and reports of the command elsewhere",
    why: "What is committed must be exactly what was validated.",
  },
  "validation/probe-failed": {
    says: "The owner's probe of {criterion} {says}.",
    next: "cto logs RUN --stage validation; where the probe is wrong, correct the checks file and approve again",
    why: "A probe that fails shows that the work is not done, and one that does on the base what it must not do there shows nothing.",
  },
  "validation/program-absent": {
    says: "The program {program} of the validation command was not found in the sandbox's PATH.",
    next: "install it below /usr, or name its folder under toolchains in policy.yaml, then approve again",
    why: "Nothing is installed during a run, and no command is guessed.",
  },
} as const;
