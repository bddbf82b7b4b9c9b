/** What one run may use; policy.yaml `limits`, bound by the policy digest. */
export interface RunLimits {
  readonly wallMs: number;
  readonly idleMs: number;
  readonly processesMax: number;
  readonly descriptorsMax: number;
  readonly fileBytesMax: number;
  readonly dataBytesMax: number;
  /** Of everything in one sandbox together. */
  readonly memoryBytesMax: number;
  readonly scratchBytesMax: number;
  readonly scratchInodesMax: number;
  readonly tmpBytesMax: number;
  readonly outputBytesMax: number;
  readonly changedFilesMax: number;
  readonly patchBytesMax: number;
  readonly committedFileBytesMax: number;
}
