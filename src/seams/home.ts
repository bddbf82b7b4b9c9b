import type { SourceDocument } from "../workflow/packet/packet.ts";

export type DocumentKind = "packet" | "issues" | "admission" | "checks" | "authority" | "handover" | "profile";

/** The governance files that humans keep, `.sot/`, and the hand-overs of the home's own keys: bytes, never cached. Writes only over exactly what was read. */
export interface Home {
  /** Absolute path of the home. */
  readonly folder: string;
  list(kind: DocumentKind): Promise<readonly SourceDocument[]>;
  /** One document by its path relative to the home; "absent" when there is none. Links and special files are Failures. */
  read(path: string): Promise<SourceDocument | "absent">;
  write(path: string, bytes: Uint8Array, over: SourceDocument["digest"] | "absent"): Promise<SourceDocument>;
  /** Mode bits of a file that makes it writable by others than its owner, or "plain". */
  guard(path: string): Promise<"plain" | "absent" | "group-or-world-writable">;
}
