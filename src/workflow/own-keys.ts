/** The two keys of a home that are not a human's: what the Harness saw, and what the verifier judged (evidence.md 1). */
export const KEY_ROLES = ["harness", "verifier"] as const;
export type KeyRole = (typeof KEY_ROLES)[number];

/** One namespace per role of a signature; neither key can speak for the other, and none of them for a human. */
export const OWN_NAMESPACES: Readonly<Record<KeyRole, readonly string[]>> = {
  harness: ["run@cto-harness", "ledger@cto-harness"],
  verifier: ["verdict@cto-harness"],
};

/** The public half of one of them. */
export interface OwnPublicKey {
  readonly role: KeyRole;
  /** Type and base64 of an OpenSSH public key line, without a comment. */
  readonly line: string;
  /** `SHA256:` and unpadded base64, as `ssh-keygen -l` prints it. */
  readonly fingerprint: string;
}

/** The line of allowed_signers that gives a key its role, from one second on if it is told; the role is the principal. */
export const signerLineOf = ({ role, line }: OwnPublicKey, validAfter?: number): string => {
  const from = validAfter === undefined ? "" : `,valid-after="${signerTime(validAfter)}"`;
  return `${role} namespaces="${OWN_NAMESPACES[role].join(",")}"${from} ${line}`;
};

/** YYYYMMDDHHMMSSZ, which means the same second everywhere. */
const signerTime = (epochSeconds: number): string =>
  `${new Date(epochSeconds * 1000).toISOString().slice(0, 19).replaceAll(/[-:T]/g, "")}Z`;
