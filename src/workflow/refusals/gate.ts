/** Refusals of this stage: see `RefusalWords` in refusal.ts for what each text is. */
export const gateRefusals = {
  "gate/policy-absent": {
    says: "There is no policy at {path}.",
    next: "cto init --owner NAME --key PUB",
    why: "Without a policy nothing says what this home allows at most.",
  },
  "gate/policy-unreadable": {
    says: "The policy cannot be read: {problem}.",
    next: "correct .sot/authority/policy.yaml at the named place",
    why: "An unknown, repeated or misspelled key could be a rule that nobody enforces.",
  },
  "gate/signers-unreadable": {
    says: "Line {line} of {file} cannot be read: {problem}.",
    next: 'correct the line; one principal, namespaces="…", key type, key',
    why: "A trust root is read whole and strictly, or not at all.",
  },
  "gate/authority-writable": {
    says: "{file} is writable by group or others.",
    next: "chmod 644 {file}",
    why: "Who can write the authority files can grant himself everything.",
  },
  "gate/ledger-broken": {
    says: "The ledger does not recompute: {problem}.",
    next: "cto audit verify",
    why: "A ledger that was changed cannot tell which approvals are unused.",
  },
  "gate/default-activation": {
    says: "runtime.defaultActivation is {found}, it must be false.",
    next: "set runtime.defaultActivation to false, then the same command again",
    why: "No backend is ever a default; the reading is taken before and after every run.",
  },
  "gate/backend-differs": {
    says: "The contract names backend {contract}, given was {found}.",
    next: "change the packet, not the command: cto packet lint",
    why: "The backend is part of what the owner approved.",
  },
  "gate/env-not-set": {
    says: "{variable} is not {expected}.",
    next: "{variable}={expected} in the environment of this one command",
    why: "The operator opens each run himself, by exact values; no other spelling counts.",
  },
  "gate/admission-file-differs": {
    says: "{variable} does not name the packet's Admission source {expected}: {found}.",
    next: "{variable}={expected}",
    why: "Operator and packet must mean the same Admission record, byte for byte.",
  },
  "gate/outcome-preset": {
    says: "{variable} is already set.",
    next: "unset {variable}",
    why: "An outcome is recorded after verification; one that is there before is no judgement.",
  },
  "gate/prior-stage-missing": {
    says: "Policy asks for a verified run of {backend} at stage {stage} first, and there is none.",
    next: "run the lower stage first, or set requirePriorStage: false in policy.yaml",
    why: "With requirePriorStage a backend climbs the stages one by one.",
  },
  "gate/work-not-approved": {
    says: "{work} is {state}, not approved.",
    next: "cto work show {work}",
    why: "Only an approved work item is executed, and only once for each approval.",
  },
  "gate/host-not-permitted": {
    says: "The contract names hosts that the policy does not permit: {hosts}.",
    next: "take them out of the packet, or add them to egress.allowedHosts in policy.yaml; then approve again",
    why: "A packet may only narrow what the home allows; where the agent may speak to is no matter of the packet alone.",
  },
  "gate/clock-disagrees": {
    says: "The clocks cannot be trusted: {problem}.",
    next: "correct the clock of this machine, then cto approve WORK-ID --key KEY",
    why: "Who can move the clock could keep an old approval alive.",
  },
  "gate/target-locked": {
    says: "Another run holds the target: {run}, process {pid} since {since}.",
    next: "cto show {run}; wait, or cto stop {run}",
    why: "Two runs on one repository would judge each other's changes.",
  },
  "gate/target-abandoned": {
    says: "Run {run} of {work} broke off and still holds the target: process {pid} is gone, since {since}.",
    next: "cto run {work} takes it up where it stopped and ends it",
    why: "Nobody else may work where a run may have left something behind: what it left is ended and told first.",
  },
  "gate/sandbox-unavailable": {
    says: "The sandbox does not work here: {tried}.",
    next: "{fix}",
    why: "No sandbox, no run: a missing protection is never replaced silently.",
  },
  "gate/confinement-below-minimum": {
    says: "Confinement is level {found}, policy asks {minimum}: {tried}.",
    next: "cto doctor shows which protection is missing",
    why: "Each risk class has a minimum confinement, and nothing falls below it without a word.",
  },
  "gate/key-in-reach": {
    says: "The signing key {key} is within reach of the sandbox.",
    next: "move the key out of every folder that policy.yaml shows to the sandbox",
    why: "An agent that can read a signing key can sign its own evidence.",
  },
  "gate/key-absent": {
    says: "This home has no key at {key}.",
    next: "cto keys make",
    why: "Every run leaves signed evidence, so a run without keys is not begun.",
  },
  "gate/key-exposed": {
    says: "The signing key is not private to this user: {key} {problem}.",
    next: "{fix}",
    why: "Evidence by a key that others could read may be anybody's.",
  },
  "gate/key-not-trusted": {
    says: "allowed_signers gives the {role} key {key} no role now.",
    next: "cto keys make",
    why: "Evidence signed by a key that nobody named verifies nowhere.",
  },
  "gate/key-in-use": {
    says: "The {role} key signs for {run}, which is still open.",
    next: "cto run or cto stop until it is sealed, then the same command again",
    why: "A run is signed by the one key that its owner approved it with.",
  },
  "gate/model-key-absent": {
    says: "{variable} holds no key for upstream {upstream}.",
    next: "put the provider's key into {variable}, 8 or more plain characters, in the environment of this one command",
    why: "Without it the agent can reach no model, and an approval would be spent on a run that does nothing.",
  },
  "gate/disk-low": {
    says: "{free} bytes are free, {needed} are needed.",
    next: "free disk space, then the same command again",
    why: "A run that ends on a full disk leaves no evidence.",
  },
  "gate/secret-in-document": {
    says: "{file} holds a secret ({rule}) in line {line}.",
    next: "take it out of the file, then approve again; cto gate shows every place",
    why: "Signed documents stand in the evidence byte for byte, so a secret in one could never be taken out again.",
  },
  "gate/secret-too-short": {
    says: "The variable {variable} of policy.yaml redaction holds a value of fewer than 8 bytes.",
    next: "give it a longer value, or take it off the list in policy.yaml and approve again",
    why: "So short a value stands everywhere by chance: it can neither be looked for nor be promised absent.",
  },
} as const;
