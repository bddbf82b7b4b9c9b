/** One file of a sealed bundle, as it is on the disk now. */
export interface EvidenceFile {
  readonly name: string;
  readonly size: number;
  readonly sha256: string;
  /** Ids of the criteria that rest on it. */
  readonly citedBy: readonly string[];
}
