import type { Admission } from "../admission/admission.ts";
import type { Approval } from "../approval/approval.ts";
import type { Authority } from "../authority.ts";
import type { BackendProbe } from "../backend/attempt.ts";
import type { Contract } from "../contract/contract.ts";
import type { Digest } from "../digest.ts";
import type { RunId } from "../ids.ts";

declare const brand: unique symbol;

/** Leave to do one run, good for that run only. Only `openGate` makes one; `restorePermit` reads one back (R058). */
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
  /** The second of the commit's dates, fixed before anything starts so that a retry makes the same id. */
  readonly epochSeconds: number;
}
