/** Refusals of this stage: see `RefusalWords` in refusal.ts for what each text is. All of them void the run. */
export const policyRefusals = {
  "policy/forbidden-path": {
    says: "The agent {change} {path}, which is forbidden by {rule}. No commit was made.",
    next: "cto diff RUN shows the change; narrow the task or approve a packet that does not forbid this path",
    why: "Forbidden beats allowed: such a path at any depth, in any case, makes the whole result unusable.",
  },
  "policy/unlisted-path": {
    says: "The agent {change} {path}, which is not an allowed path. No commit was made.",
    next: "cto diff RUN shows the change; add the path to the packet and approve again, or narrow the task",
    why: "Silence is not consent: a path that no rule of the contract names is out of scope.",
  },
  "policy/anomalous-path": {
    says: "The agent left {path} as something other than a plain file change: {rule}. No commit was made.",
    next: "cto diff RUN; only plain files with plain names and unchanged modes can be committed",
    why: "Links, special files, mode changes and unusual names can lead a commit or a reader somewhere else.",
  },
  "policy/path-collision": {
    says: "The agent made {path}, which equals {other} on systems that fold case or normalise names. No commit was made.",
    next: "cto diff RUN; choose a name that differs from every other in more than case",
    why: "Two names that one file system cannot tell apart let one file stand in for another.",
  },
  "policy/no-change": {
    says: "The agent changed nothing that could be committed.",
    next: "cto logs RUN --backend shows what it said; change the task and approve again",
    why: "A run without a change has nothing to judge or accept.",
  },
  "policy/limit-reached": {
    says: "The result exceeds the limit {limit} of {max}: {got}.",
    next: "narrow the task, or raise limits.{limit} in policy.yaml and approve again",
    why: "A result that is too large to read is too large to approve.",
  },
  "policy/harvest-limit": {
    says: "The workspace could not be read completely: limit {limit} was reached.",
    next: "narrow the task, or raise the limit in policy.yaml and approve again",
    why: "What was not read was not judged, and what was not judged is never committed.",
  },
  "policy/detectors-disagree": {
    says: "The two detectors of change disagree about {path}.",
    next: "cto doctor; keep the bundle, this is worth a report",
    why: "The manifest walk and git must both see a change; where one is blind, nothing is cleared.",
  },
  "policy/watched-changed": {
    says: "{what} of the home was changed while the run went on. No commit was made.",
    next: "cto approve again, and change nothing under .sot but admissions until its run has ended",
    why: "Who changed it cannot be told, and no run may change what it rests on: a byte that differs counts against it.",
  },
  "policy/secret-in-change": {
    says: "{path} holds a secret ({rule}) in line {line} {side}. No commit was made, and the value is shown nowhere.",
    next: "take the secret out of the task; policy.yaml redaction names what is looked for",
    why: "A patch in the evidence is never redacted, so a change that holds a secret cannot be committed at all.",
  },
  "policy/action-denied": {
    says: "The agent tried {action} and was refused ({rule}); this policy voids a run for a denied attempt.",
    next: "cto logs RUN --backend shows the attempt; deniedAttempts: record in policy.yaml keeps such runs",
    why: "policy.yaml says deniedAttempts: void.",
  },
  "policy/less-mediated": {
    says: "This run shows mediation {seen}, and policy.yaml asks for {least}.",
    next: "cto logs RUN --backend shows what came past the Harness; another profile, or a lower minimumMediation",
    why: "Whoever asks that every effect passes through the Harness takes no result that did not.",
  },
  "policy/unasked-effect": {
    says: "The agent had {count} effects that it asked nobody for, and policy.yaml says unasked: void.",
    next: "cto logs RUN --backend shows them; unasked: record keeps such runs and tells of them",
    why: "policy.yaml says unasked: void.",
  },
} as const;
