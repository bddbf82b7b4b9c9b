import { digestOf, type Digest } from "./digest.ts";
import { isKeyRevocationList, readKeyRevocationList, type ListedKeys } from "./key-revocation-list.ts";
import { LIMITS } from "./limits.ts";
import type { SourceDocument } from "./packet/packet.ts";
import { refusal, type Refusal } from "./refusal.ts";
import { ok, refuse, type Result } from "./result.ts";
import { readLines } from "./signer-lines.ts";
import { readPublicKeyLine, type SshPublicKey } from "./ssh-public-key.ts";

/** Keys that no longer count, and the digest of the file that says so; "none" where the home has no such file. */
export interface RevokedKeys extends ListedKeys {
  readonly digest: Digest | "none";
}

export const NOTHING_REVOKED: RevokedKeys = { digest: "none", sha256: new Set(), sha1: new Set() };

const FILE = ".sot/authority/revoked_keys";

/** revoked_keys in both forms that `ssh-keygen -r` reads: one public key a line, or a binary list of `ssh-keygen -k`. */
export const readRevokedKeys = (source: SourceDocument | "absent"): Result<RevokedKeys, Refusal> => {
  if (source === "absent") return ok(NOTHING_REVOKED);
  const digest = digestOf(source.bytes);
  if (isKeyRevocationList(source.bytes)) {
    const tooLong = source.bytes.length > LIMITS.signersBytesMax;
    const list = tooLong
      ? refuse(`the file is longer than ${LIMITS.signersBytesMax} bytes`)
      : readKeyRevocationList(source.bytes);
    if (list.ok) return ok({ digest, ...list.value });
    const [problem] = list.refusals;
    return refuse(refusal("gate/signers-unreadable", { file: FILE, line: 1, problem }));
  }
  const keys = readLines(source.bytes, FILE, (text) => readPublicKeyLine(text));
  if (!keys.ok) return keys;
  return ok({ digest, sha256: new Set(keys.value.map(({ fingerprint }) => fingerprint)), sha1: new Set() });
};

export const isRevoked = ({ sha256, sha1 }: ListedKeys, key: Pick<SshPublicKey, "fingerprint" | "sha1">): boolean =>
  sha256.has(key.fingerprint) || sha1.has(key.sha1);
