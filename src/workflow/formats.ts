import { BUNDLE_TABLE } from "./evidence/bundle-table.ts";

/** A versioned form of a file, and what this version of the Harness does with it. */
export interface FormatVersion {
  /** As the file names it; `services.json v1` for one that has a number alone. */
  readonly format: string;
  readonly reads: boolean;
  readonly writes: boolean;
}

const both = (format: string): FormatVersion => ({ format, reads: true, writes: true });
const readsOnly = (format: string): FormatVersion => ({ format, reads: true, writes: false });

/** Every form that a home and its bundles may hold, in the order in which they are told. */
export const FORMATS: readonly FormatVersion[] = [
  both("cto/policy/v1"),
  readsOnly("cto/checks/v1"),
  readsOnly("cto/notify/v1"),
  both("services.json v1"),
  both("cto/admission/v1"),
  both("cto/bundle/v1"),
  ...[...new Set(BUNDLE_TABLE.flatMap(({ schema }) => schema ?? []))]
    .filter((format) => format !== "cto/admission/v1" && format !== "cto/checks/v1")
    .map(both),
];
