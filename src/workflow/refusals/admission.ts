/** Refusals of this stage: see `RefusalWords` in refusal.ts for what each text is. */
export const admissionRefusals = {
  "admission/absent": {
    says: "There is no Admission record at {path}.",
    next: "cto target admit {target} --key KEY",
    why: "Only a repository that its owner admitted may be worked on; the packet's claim alone admits nothing.",
  },
  "admission/record-unreadable": {
    says: "The Admission record cannot be read: {problem}.",
    next: "cto target admit PATH writes a new record",
    why: "A record that is not read whole and strictly could say something else to another reader.",
  },
  "admission/not-signed": {
    says: "The Admission record {path} has no signature of the owner beside it.",
    next: "cto target admit PATH --key KEY",
    why: "A record that nobody signed is a proposal: anyone who can write the home could have made it.",
  },
  "admission/signature-invalid": {
    says: "The signature of the Admission record does not hold: {problem}.",
    next: "cto target admit PATH --key KEY signs the record again",
    why: "The signature covers the exact bytes of the record; one changed byte ends it.",
  },
  "admission/not-the-owner": {
    says: "The owner must be one: {role} is {found}, the Admission record says {owner}.",
    next: "cto target show ID; correct the one that is wrong",
    why: "Record, packet, frontmatter and signing key must name one and the same owner.",
  },
  "admission/proposed": {
    says: "The target is proposed, not admitted.",
    next: "cto target admit PATH --key KEY",
    why: "A proposal waits for the owner's signature and admits nothing.",
  },
  "admission/suspended": {
    says: "The target is suspended: {reason}.",
    next: "cto target admit PATH --key KEY, when the owner wants it back",
    why: "A suspension takes effect at the next check, also in a running run.",
  },
  "admission/revoked": {
    says: "The target's admission is revoked: {reason}.",
    next: "cto target admit PATH --key KEY makes a new admission",
    why: "A revocation is final for this record.",
  },
  "admission/expired": {
    says: "The admission expired at {expiresAt}.",
    next: "cto target admit PATH --key KEY --expires D",
    why: "Every admission ends by itself, so that a forgotten one grants nothing.",
  },
  "admission/branch-differs": {
    says: "The target is on branch {found}, admitted is {admitted}.",
    next: "git switch {admitted} in the target, then the same command again",
    why: "The one commit goes on the admitted branch and nowhere else.",
  },
  "admission/head-moved": {
    says: "The target's HEAD is {found}, approved was {approved}.",
    next: "cto approve WORK-ID --key KEY reads the target anew",
    why: "A consent is for one state of the repository; work on another base was never approved.",
  },
  "admission/risk-not-allowed": {
    says: "Risk classification {risk} is not one that policy.yaml allows: {allowed}.",
    next: "cto target show ID; the owner may list the class in .sot/authority/policy.yaml",
    why: "Only risk classes with a minimum assurance and confinement of their own may run.",
  },
  "admission/stage-not-allowed": {
    says: "Stage {stage} is not admitted for this target; admitted: {allowed}.",
    next: "cto target admit PATH --stage {stage}",
    why: "The owner decides which stages may touch this repository.",
  },
  "admission/backend-not-allowed": {
    says: "Backend {backend} is not admitted for this target; admitted: {allowed}.",
    next: "cto target admit PATH --backend {backend}",
    why: "The owner decides which agents may work on this repository.",
  },
  "admission/claim-differs": {
    says: "The packet says {field} {packet}, the Admission record says {record}.",
    next: "cto packet lint; correct the packet or admit the target anew",
    why: "What the owner reads in the packet must be what was admitted.",
  },
  "admission/backend-missing": {
    says: "No packet of this home names {target}, so nothing says which backends may work there.",
    next: "write the packet first, or name them: cto target admit {target} --backend scripted --key KEY",
    why: "No backend is a default: an admission names each one that may work on the target.",
  },
} as const;
