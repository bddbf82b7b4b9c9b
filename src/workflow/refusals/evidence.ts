/** Refusals of this stage: see `RefusalWords` in refusal.ts for what each text is. `cto verify` shows them as rows. */
export const evidenceRefusals = {
  "evidence/file-set-differs": {
    says: "The files of the bundle are not the ones that were sealed: {file} {says}.",
    next: "cto verify RUN -v; restore the folder from a copy, or hold the run for tampered",
    why: "A file more, a file less or a link in place of a file is a change of the evidence.",
  },
  "evidence/manifest-wrong": {
    says: "bundle.json does not describe this bundle: {file} {says}.",
    next: "cto verify RUN -v; restore the folder from a copy, or hold the run for tampered",
    why: "The list of files says what each is, who vouches for it, and what is absent and why.",
  },
  "evidence/digest-differs": {
    says: "{file} is not as it was sealed: {says}.",
    next: "cto verify RUN -v; restore the folder from a copy, or hold the run for tampered",
    why: "One changed bit in any file is a change of the evidence.",
  },
  "evidence/chain-broken": {
    says: "The event log does not hold together: {says}.",
    next: "cto verify RUN -v; restore the folder from a copy, or hold the run for tampered",
    why: "Each line carries the digest of the one before, so an edit, a gap, a swap or a cut is seen.",
  },
  "evidence/checkpoint-differs": {
    says: "The event log is not the one that the Harness signed: {says}.",
    next: "cto verify RUN -v; restore the folder from a copy, or hold the run for tampered",
    why: "A chain can be rewritten from its first line on; the signed checkpoints over it cannot, without the key.",
  },
  "evidence/ledger-differs": {
    says: "{file} does not show that the run stands in the ledger: {says}.",
    next: "cto verify RUN -v; cto audit verify in the home that the bundle came from",
    why: "Each run spends its approval and seals its evidence in one ledger, which nobody can take back or do twice.",
  },
  "evidence/signature-missing": {
    says: "{file} is not signed by anybody whom the reader trusts: {says}.",
    next: "cto verify RUN --trust FILE, with the owner's allowed_signers from another way than the bundle",
    why: "Keys that lie inside the evidence prove nothing: trust comes from outside.",
  },
  "evidence/signature-invalid": {
    says: "The signature of {file} does not count: {says}.",
    next: "cto verify RUN -v; hold the run for tampered until the owner's own copy of the record is compared",
    why: "A signature covers exact bytes, for one role, by one key that had that role at that time.",
  },
  "evidence/binding-differs": {
    says: "The approval is not for what lies here: {file} {says}.",
    next: "cto verify RUN -v; hold the run for tampered",
    why: "A consent counts for exactly the packet, contract, admission, policy and base that it names.",
  },
  "evidence/later-differs": {
    says: "{file} is not a human's word about this bundle: it {says}.",
    next: "cto verify RUN -v; ask for the record that belongs to this run",
    why: "An outcome or a withdrawal counts for exactly the evidence, approval, commit and ledger that it names.",
  },
  "evidence/patch-differs": {
    says: "Base, patch and commit do not belong together: {file} {says}.",
    next: "cto replay RUN --level patch recomputes it with git",
    why: "Anybody can recompute what changed: base tree and patch make the committed tree, or the evidence is wrong.",
  },
  "evidence/proof-contradicted": {
    says: "{file} says what its sources do not: {says}.",
    next: "cto verify RUN -v",
    why: "A proof is worth what its fields carry; a claim without them is worse than none.",
  },
  "evidence/report-contradicted": {
    says: "{file} says what its sources do not: {says}.",
    next: "cto verify RUN -v; cto replay RUN --level render draws it again",
    why: "A report may show nothing that records, log and objects do not hold.",
  },
  "evidence/redaction-contradicted": {
    says: "redactions.json and the files do not agree on what was taken out: {file} {says}.",
    next: "cto verify RUN -v; restore the folder from a copy, or hold the run for tampered",
    why: "What was redacted has its record and its place; a hole without either is a loss, not a redaction.",
  },
  "evidence/not-proven": {
    says: "This could not be decided here: {says}.",
    next: "cto verify RUN --trust FILE, by a newer version of this program",
    why: "What is unknown or lacks its trust root is never called a pass.",
  },
  "verify/not-sealed": {
    says: "{file} was never sealed.",
    next: "cto show RUN; giving the same command again continues the run at its seal",
    why: "A partial folder is no evidence, whatever it holds.",
  },
} as const;
