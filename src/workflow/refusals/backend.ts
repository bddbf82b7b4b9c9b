/** Refusals of this stage: see `RefusalWords` in refusal.ts for what each text is. */
export const backendRefusals = {
  "backend/not-configured": {
    says: "policy.yaml names nothing that stands behind backend {kind}.",
    next: "add backends.{kind} to policy.yaml, then the same command again",
    why: "No backend is a default: the owner approves which program works, by name and digest.",
  },
  "backend/not-available": {
    says: "Backend {kind} is not available here: {problem}.",
    next: "install the program or correct backends.{kind} in policy.yaml, then the same command again",
    why: "What is not here when the gate opens is never fetched later.",
  },
  "backend/steps-missing": {
    says: "The steps of backend scripted cannot be read at {path}: {problem}.",
    next: "write the steps there, or name them at backends.scripted.steps in policy.yaml, then the same command again",
    why: "An agent without a model does only what its steps say; without them there is nothing to run.",
  },
  "backend/profile-invalid": {
    says: "Profile {profile} cannot be used: {problem}.",
    next: "correct it, or what policy.yaml names at backends (cto agents list shows the profiles), then the same command again",
    why: "An unknown field could mean more than anybody checked.",
  },
  "backend/mediation-too-weak": {
    says: "Profile {profile} lets {declared} of its effects pass through the Harness, and policy.yaml asks for {least}.",
    next: "name another profile, or lower minimumMediation in policy.yaml and approve again",
    why: "What does not pass through the Harness cannot be refused early: it is found by what it left.",
  },
  "backend/not-the-pin": {
    says: "{name} is {version} here, and profile {profile} was looked at with {pin}.",
    next: "install {name}@{pin} exactly, then the same command again",
    why: "A new version may ask less, or offer its model more, than what was seen of the pinned one.",
  },
} as const;
