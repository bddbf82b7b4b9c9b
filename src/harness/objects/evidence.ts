/** One file of a sealed bundle, as it is on the disk now. */
export interface EvidenceFile {
  readonly name: string;
  readonly size: number;
  readonly sha256: string;
  readonly mediaType: string;
  /** Whose word it is; `unlisted` for a file that has no place in a bundle. */
  readonly trust: "human-signed" | "harness-observed" | "derived" | "agent-claimed" | "unlisted";
  readonly producedBy: "harness" | "human" | "backend" | "unknown";
  /** Ids of the criteria that rest on it. */
  readonly citedBy: readonly string[];
}
