/** One file of a package as `npm pack --json` lists it: its path in the package, its size in bytes. */
export interface PackedFile {
  readonly path: string;
  readonly size: number;
}

/** What a package may weigh, in bytes: packed and unpacked. */
export const PACKAGE_BOUNDS: { readonly packed: number; readonly unpacked: number };

/** What a package must not hold, lacks, or weighs too much; nothing when it may be published. */
export const objectionsToPackage: (files: readonly PackedFile[], packedBytes: number) => readonly string[];
