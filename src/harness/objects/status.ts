import type { ShownState } from "../../workflow/state-words.ts";
import type { OrderObject, WorkerObject } from "./worker.ts";

/** The inbox: work items that wait for somebody, the worst first; runs that go on; how many of each state. */
export interface StatusObject {
  readonly needs: readonly NeedObject[];
  readonly running: readonly RunningObject[];
  /** Who performs what is ordered; those that died lately as well. */
  readonly workers: readonly WorkerObject[];
  readonly counts: { readonly [state in ShownState]?: number };
  /** Settled work items whose bundles were not hashed for this answer, for they are not the newest; `cto verify` does it. */
  readonly unhashed: number;
}

export interface NeedObject {
  readonly work: string;
  /** Its last run. */
  readonly run?: string;
  readonly title?: string;
  readonly state: ShownState;
  readonly reason?: string;
  readonly word: string;
  /** A role, and the owner's name where the packet names one. */
  readonly who: string;
  readonly since?: string;
  readonly next: string;
}

export interface RunningObject {
  readonly run: string;
  readonly work: string;
  readonly state: ShownState;
  readonly word: string;
  readonly startedAt: string;
  readonly order?: OrderObject;
}
