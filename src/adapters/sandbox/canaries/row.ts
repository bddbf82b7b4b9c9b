import type { CanaryGround, StageDescription, StageOrder } from "../../../seams/sandbox.ts";
import type { CanaryId, CanaryPass } from "../../../workflow/vocabulary.ts";
import type { CanaryTry } from "../../../workflow/workspace/canary.ts";
import type { Planted } from "./planted.ts";
import type { Order } from "./run-driver.ts";

/** One row: what is tried, how, and how its raw answer is read. */
export interface Row extends Omit<CanaryTry, "otherwise">, Order {
  /** Only what is seen, not done, is broken by being another than expected. */
  readonly otherwise?: "broken";
  readonly read?: (raw: string) => string;
}

export interface CanarySetting {
  readonly pass: CanaryPass;
  readonly order: Pick<StageOrder, "purpose" | "workspace">;
  readonly description: StageDescription;
  readonly ground: CanaryGround;
  readonly planted: Planted;
  /** The keys of the ground that stand on this host. */
  readonly keys: CanaryGround["keys"];
  /** Begins every name that this pass makes. */
  readonly ownName: string;
  /** The namespaces that are not its own: those of the Harness, and of the sandbox around it. By their kind. */
  readonly namespaces: ReadonlyMap<string, readonly string[]>;
}

/** Try something, and it is held when it fails in one of these ways. */
export const tried = (
  canary: CanaryId,
  what: string,
  op: Row["op"],
  control: string,
  ...held: readonly string[]
): Row => ({ canary, what, op, control, held });

/** Look at something, and it is broken when it is anything else. */
export const seen = (
  canary: CanaryId,
  what: string,
  op: Row["op"],
  expected: string,
  read: (raw: string) => string = (raw) => raw,
): Row => ({ canary, what, op, control: DRIVER, held: [expected], otherwise: "broken", read });

/** The control of everything that the inside tells of itself: outside, the same program tells the same. */
export const DRIVER = "the probes' own program";
