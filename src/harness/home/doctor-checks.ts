/** What each check of `cto doctor` is for, and why it matters: shown by `cto explain doctor/<id>`. */
export const DOCTOR_CHECKS = {
  node: { asks: "Node is 24 or newer", why: "Older ones lack what the Harness is written in." },
  git: { asks: "git runs", why: "The target is looked at and committed to by git, in an environment of our own." },
  "ssh-keygen": {
    asks: "the owner's signing tool is there",
    why: "The owner's own ssh-keygen signs; no private key ever enters cto.",
  },
  sandbox: {
    asks: "a sandbox really starts and each protection really holds",
    why: "No sandbox, no run. Nothing is concluded from a version: each protection is tried.",
  },
  home: { asks: "there is a home, whole and readable", why: "Packets, authority and the ledger stand in it." },
  authority: {
    asks: "nobody but their owner can write the authority files",
    why: "Who can write policy.yaml or allowed_signers decides what may run and whose signature counts.",
  },
  policy: {
    asks: "policy.yaml can be read, strictly",
    why: "An unknown or misspelled key could be a rule that nobody enforces.",
  },
  signers: {
    asks: "allowed_signers can be read and names a key",
    why: "It is the whole trust root: a key that it does not name has no role.",
  },
  keys: {
    asks: "the home's own keys are there, private, and trusted for their roles",
    why: "They sign the evidence of every run: who can read them can make evidence.",
  },
  "trust-root": {
    asks: "the trust root is the one that its owner signed, if he signed one",
    why: "An allowed_signers that was edited after it was signed gives roles that the owner never gave.",
  },
  backends: {
    asks: "the backend that each packet names is here",
    why: "A backend that is absent blocks the gate; it is never replaced by another.",
  },
  ledger: {
    asks: "the ledger's chain recomputes",
    why: "An entry that was edited, dropped or moved would be a history that never was.",
  },
  notify: {
    asks: "notify.yaml can be read, strictly, and each of its secrets is there and private",
    why: "A channel that cannot be used is one that nobody hears. Nothing is sent to find out.",
  },
  hostile: {
    asks: "the last hostile suite of this home held, on this machine, by this build",
    why: "What was tried by another build, on another kernel or long ago says nothing of now. The suite runs when it is asked for.",
  },
  disk: { asks: "there is room for a run", why: "A run that ends for want of space leaves half a story." },
  variables: {
    asks: "the gate's variables are all unset, as outside a run",
    why: "They open the gate for one run; left set in a shell they open it for every command given there.",
  },
} as const;

export type DoctorId = keyof typeof DOCTOR_CHECKS;
export const isDoctorId = (id: string): id is DoctorId => Object.hasOwn(DOCTOR_CHECKS, id);
