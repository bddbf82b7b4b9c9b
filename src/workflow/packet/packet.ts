import type { Digest } from "../digest.ts";
import type { WorkId } from "../ids.ts";
import type { Place, Refusal } from "../refusal.ts";
import type { BackendKind, ForbiddenAction } from "../vocabulary.ts";

/** A document of the home as it was read, once; every later stage uses these bytes (R014). */
export interface SourceDocument {
  /** Relative to the home, `/`-separated. */
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly digest: Digest;
}

/** A value of the packet and where it stands. */
export interface Placed<T> {
  readonly value: T;
  readonly at: Place;
}

/** The ten keys of a packet's frontmatter (R010); all are flat strings. */
export const FRONTMATTER_KEYS = [
  "name",
  "tier",
  "status",
  "owner",
  "source",
  "created",
  "last_reviewed",
  "lifecycle_classification",
  "core_promotion_status",
  "description",
] as const;
export type FrontmatterKey = (typeof FRONTMATTER_KEYS)[number];

/** An Approval Packet, read and in order, every field with its position. It grants nothing (R001). */
export interface Packet {
  readonly source: SourceDocument;
  readonly frontmatter: Readonly<Record<FrontmatterKey, Placed<string>>>;
  readonly title: Placed<string>;
  readonly work: Placed<WorkId>;
  readonly target: {
    readonly path: Placed<string>;
    readonly admissionSource: Placed<string>;
    readonly admissionStatus: Placed<string>;
    readonly owner: Placed<string>;
    readonly risk: Placed<string>;
    readonly observed: { readonly branch: Placed<string>; readonly clean: true; readonly when: string };
  };
  readonly task: Placed<string>;
  readonly allowedPaths: readonly Placed<string>[];
  readonly forbiddenActions: readonly Placed<ForbiddenAction>[];
  readonly forbiddenPaths: readonly Placed<string>[];
  /** `name:port` of hosts that the agent may reach beside its model; none where the packet has no such list. */
  readonly allowedHosts: readonly Placed<string>[];
  readonly criteria: readonly Placed<string>[];
  readonly validation: Placed<readonly string[]>;
  readonly rollback: readonly Placed<string>[];
  readonly sentence: Placed<string>;
  /** The words between `for the ` and ` task.` of the sentence. */
  readonly label: string;
  readonly gate: { readonly backend: Placed<BackendKind>; readonly stage: Placed<number> };
  readonly evidence: readonly Placed<string>[];
  /** Prose that the grammar knows no rule for: shown, digested, enforces nothing (R023). */
  readonly prose: readonly Placed<string>[];
}

/** A packet without a fault, and what its author should know nevertheless. */
export interface ReadPacket {
  readonly packet: Packet;
  /** In the form of refusals; they stop nothing. */
  readonly warnings: readonly Refusal[];
}
