import type { RefusalObject } from "./refusal.ts";

/** A key that may sign now, as the trust root names it. */
export interface SignerObject {
  readonly principal: string;
  /** `SHA256:` fingerprint. */
  readonly key: string;
  readonly type: string;
  /** Whether a page can ask it. */
  readonly passkey: boolean;
  /** By which a browser finds the passkey, base64url; without it the browser lets its user choose. */
  readonly credential: string | null;
}

/** One row that has to be ticked before a contract is approved on a page. */
export interface ApprovalTick {
  readonly id: string;
  readonly kind: "section" | "changed";
  readonly label: string;
  readonly class: "widens" | "narrows" | "wording" | null;
  readonly before?: unknown;
  readonly after?: unknown;
}

/** All that whoever approves a work item is shown: what the signature will bind. Its texts may quote documents. */
export interface ApprovalSigning {
  readonly work: string;
  /** The exact words. */
  readonly sentence: string;
  /** The very text whose digest the record holds. */
  readonly presented: string;
  readonly presentedSha256: string;
  readonly digests: {
    readonly packet: string;
    readonly contract: string;
    readonly admission: string;
    readonly policy: string;
    readonly checks: string | null;
  };
  readonly target: { readonly path: string; readonly branch: string; readonly head: string; readonly tree: string };
  readonly minimum: string;
  readonly quorum: {
    readonly required: number;
    readonly eligible: readonly string[];
    readonly signed: readonly string[];
  };
  /** Digest of the packet that the first of the signers had reviewed last; null before the first review. */
  readonly reviewedFrom: string | null;
  readonly ticks: readonly ApprovalTick[];
  readonly signers: readonly SignerObject[];
  readonly expiresMsMax: number;
  readonly command: string;
}

/** The exact bytes to be signed, and the ways to sign them. They approve and decide nothing. */
export interface DraftObject {
  readonly record: string;
  readonly recordSha256: string;
  readonly namespace: string;
  /** Until then it is recorded, if nothing moves. */
  readonly endsAt: string;
  /** The same at the command line, which draws a record of its own. */
  readonly command: string;
  /** Signs the record as it is, once it is saved as FILE. */
  readonly ssh: string;
  /** Null where the key that was named answers to no page. */
  readonly passkey: {
    /** base64url. */
    readonly challenge: string;
    readonly rpId: "localhost";
    /** base64url; empty where the browser lets its user choose. */
    readonly credentials: readonly string[];
    readonly timeoutMs: number;
  } | null;
}

/** An approval as it was recorded, or a voice of one that waits for others. */
export interface RecordedApproval {
  readonly approval: {
    readonly id: string;
    readonly work: string;
    readonly state: "approved" | "waits";
    readonly by: string;
    readonly assurance: string;
    readonly key: string | null;
    readonly expiresAt: string;
    readonly signed: readonly string[];
    readonly required: number;
  };
  readonly seq: number;
  readonly next: string;
}

/** One row that has to be ticked before a run is accepted. */
export interface OutcomeTick {
  /** Of a criterion, a finding's code, or `denied/` and the action. */
  readonly id: string;
  readonly kind: "eye" | "finding" | "denied";
  readonly label: string;
  readonly needsNote: boolean;
}

/** All that whoever decides a run is shown, over its evidence as it verified when this was asked. */
export interface OutcomeSigning {
  readonly run: string;
  readonly work: string;
  readonly commit: string;
  readonly base: string;
  /** The words that accept. */
  readonly sentence: string;
  readonly evidence: "PASS" | "FAIL" | "NOT-PROVEN" | "absent";
  /** Why it cannot be accepted, whatever is ticked; empty where it can. */
  readonly locked: readonly RefusalObject[];
  readonly ticks: readonly OutcomeTick[];
  readonly minimum: string;
  readonly signers: readonly SignerObject[];
  readonly commands: { readonly accept: string; readonly reject: string };
}

export interface RecordedOutcome {
  readonly outcome: "accepted" | "rejected";
  readonly run: string;
  readonly by: string;
  readonly assurance: string;
  readonly seq: number;
  readonly next: string;
}

/** What a browser answers for a passkey, each part base64url. */
export interface AssertionObject {
  readonly clientDataJSON: string;
  readonly authenticatorData: string;
  readonly signature: string;
}

/** One row that was ticked, with what was seen where it needs that. */
export interface TickGiven {
  readonly id: string;
  readonly note?: string;
}
