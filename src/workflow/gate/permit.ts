import type { Admission } from "../admission/admission.ts";
import type { Observation } from "../admission/observation.ts";
import type { Approval } from "../approval/approval.ts";
import type { Authority, ConfinementLevel } from "../authority.ts";
import type { BackendProbe } from "../backend-probe.ts";
import type { Contract } from "../contract/contract.ts";
import { canonicalJson, type Digest } from "../digest.ts";
import type { RunId } from "../ids.ts";
import { refusal, type Refusal } from "../refusal.ts";
import { refusalsOf, type Result } from "../result.ts";

declare const brand: unique symbol;

/** Leave to do one run, good for that run only. Only `openGate` makes one (R058). */
export interface Permit {
  readonly [brand]: "Permit";
  readonly run: RunId;
  readonly contract: Contract;
  readonly digests: {
    readonly packet: Digest;
    readonly contract: Digest;
    readonly admission: Digest;
    readonly policy: Digest;
    readonly signers: Digest;
    readonly checks: Digest | null;
    readonly approval: Digest;
    readonly build: Digest;
  };
  readonly admission: Admission;
  readonly approval: Approval;
  readonly authority: Authority;
  readonly backend: BackendProbe;
  /** The level that was found when it was made. Every sandbox of the run has it, or there is none. */
  readonly confinement: ConfinementLevel;
  /** The second of the commit's dates, fixed before anything starts so that a retry makes the same id. */
  readonly epochSeconds: number;
}

/** What looking at the target and laying its trees needs of a permit; it moves nothing there. */
export type OnTarget = Pick<Permit, "run" | "admission">;

/** What is read and judged again right before the first agent write and right before the commit (R059). */
export interface StandingAgain {
  /** `admit` over the bytes and the target of now. */
  readonly admission: Result<Admission, Refusal>;
  /** `approve` over the bytes of now, asked by the permit's own run: staleness, withdrawal, deadlines, clocks. */
  readonly approval: Result<Approval, Refusal>;
}

/** Every reason why a permit no longer stands; none means that it does. */
export const permitStillStands = (permit: Permit, now: StandingAgain): readonly Refusal[] => {
  const told = [...refusalsOf(now.admission), ...refusalsOf(now.approval)];
  const moved = [
    ...(now.approval.ok && now.approval.value.digest !== permit.approval.digest ? ["approval record"] : []),
    ...(now.admission.ok && now.admission.value.digest !== permit.admission.digest ? ["admission"] : []),
    ...(now.admission.ok ? placesMoved(permit.admission.observation, now.admission.value.observation) : []),
  ];
  const once = new Map(told.map((one) => [canonicalJson([one.code, one.facts]), one]));
  return [...once.values(), ...(moved.length === 0 ? [] : [refusal("approval/stale", { moved: moved.join(", ") })])];
};

const PLACE = ["realPath", "device", "inode", "gitInode", "branch", "head", "tree", "treeSha256"] as const;

const placesMoved = (then: Observation, now: Observation): readonly string[] =>
  PLACE.filter((part) => then[part] !== now[part]);
