/** A record that a human signed apart from the bundle, as it lies there. The verifier bounds, reads and believes nothing of it before. */
export interface SignedRecord {
  readonly record: Uint8Array;
  /** The detached SSHSIG beside it. */
  readonly signature: Uint8Array | "absent";
}

/** What humans said about a run beside its bundle (evidence.md 10, step 12). What is not given is not judged. */
export interface Later {
  /** Accepted or rejected. */
  readonly outcome?: SignedRecord;
  /** The approval taken back. */
  readonly withdrawal?: SignedRecord;
}
