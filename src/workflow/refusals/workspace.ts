/** Refusals of this stage: see `RefusalWords` in refusal.ts for what each text is. */
export const workspaceRefusals = {
  "workspace/limit-reached": {
    says: "The work was ended because it reached its limit {limit}.",
    next: "cto explain workspace/limit-reached; raise the limit in policy.yaml or narrow the task, then approve again",
    why: "Every run has bounds that the owner's policy names; a run that needs more was not the run that was approved.",
  },
  "workspace/process-outlived": {
    says: "{alive} confined processes were still alive after they were killed, so nothing they left can be trusted.",
    next: "cto doctor shows whether a whole process tree can be killed here",
    why: "A process that still runs can change bytes after they were judged.",
  },
  "workspace/canary-succeeded": {
    says: "The canary {canary} succeeded {where}: the sandbox let out what it must hold.",
    next: "cto doctor names the protection; change this machine before anything runs on it again, then approve again",
    why: "What a sandbox did not hold may have reached anything, so nothing that came out of it is relied on.",
  },
  "workspace/canary-without-teeth": {
    says: "The canary {canary} proved nothing {where}: its control failed, or its answer was none that shows a refusal.",
    next: "cto doctor tries every protection and names what is missing, then approve again",
    why: "A probe that cannot fail cannot hold either: unproven confinement counts as none.",
  },
} as const;
