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

/** One key of a role giving its place to another, as allowed_signers shows it. */
export interface Succession {
  readonly to: OwnPublicKey;
  /** Seconds since the epoch: from then on the new key counts, and until then the old one. They may overlap. */
  readonly toFrom: number;
  readonly fromUntil: number;
}

/**
 * The text of allowed_signers after a succession: the old key's lines end, and a line of the new key follows. `own` are
 * the numbers of the old key's lines; everything else stays as the owner wrote it.
 */
export const succeeded = (text: string, own: ReadonlySet<number>, { to, toFrom, fromUntil }: Succession): string => {
  const until = `valid-before="${signerTime(fromUntil)}"`;
  const lines = text.replace(/\n$/, "").split("\n");
  const ended = lines.map((line, at) => {
    if (!own.has(at + 1)) return line;
    const open = line.replace(/,valid-before="[^"]*"|valid-before="[^"]*",/i, "");
    return open.replace(/[ \t]+(?=ssh-ed25519[ \t])/, `,${until} `);
  });
  return `${[...ended, signerLineOf(to, toFrom)].join("\n")}\n`;
};
