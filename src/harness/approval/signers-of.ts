import { hasRole, type Signer } from "../../workflow/allowed-signers.ts";
import { digestOf } from "../../workflow/digest.ts";
import { timeText } from "../../workflow/instant.ts";
import { LIMITS } from "../../workflow/limits.ts";
import { PASSKEY_HASH, sshSignatureOf } from "../../workflow/passkey-assertion.ts";
import { isPasskey, PASSKEY_APPLICATION } from "../../workflow/passkey-signature.ts";
import { ok, refuse, type Result } from "../../workflow/result.ts";
import { isRevoked } from "../../workflow/revoked-keys.ts";
import { toBeSigned, verifySshSignature } from "../../workflow/ssh-signature.ts";
import type { TrustRoot } from "../../workflow/trust-root.ts";
import type { AssertionObject, DraftObject, SignerObject } from "../objects/signing.ts";
import type { World } from "../world.ts";

/** The keys of these people that have a role now. */
export const signersOf = (
  { signers, revoked }: TrustRoot,
  people: readonly string[],
  namespace: string,
  nowMs: number,
): readonly SignerObject[] =>
  signers
    .filter((signer) => hasRole(signer, namespace, nowMs) && !isRevoked(revoked, signer.key))
    .flatMap((signer) =>
      people.filter((name) => signer.principals.includes(name)).map((principal) => signerObject(principal, signer)),
    );

const signerObject = (principal: string, { key, credential }: Signer): SignerObject => ({
  principal,
  key: key.fingerprint,
  type: key.type,
  passkey: isPasskey(key),
  credential: isPasskey(key) ? credential : null,
});

/** A draft with the ways to sign it. */
export const draftObject = (
  { clock }: Pick<World, "clock">,
  trust: TrustRoot,
  { bytes, namespace, key, command }: Drafted,
): DraftObject => {
  const signer = trust.signers.find((each) => each.key.fingerprint === key);
  return {
    record: new TextDecoder().decode(bytes),
    recordSha256: digestOf(bytes),
    namespace,
    endsAt: timeText(clock.now().epochMs + LIMITS.draftAgeMaxMs),
    command,
    ssh: `ssh-keygen -Y sign -n ${namespace} -f KEY FILE`,
    passkey:
      signer === undefined || !isPasskey(signer.key)
        ? null
        : {
            challenge: toBeSigned(bytes, namespace, PASSKEY_HASH).toString("base64url"),
            rpId: PASSKEY_APPLICATION,
            credentials: signer.credential === null ? [] : [signer.credential],
            timeoutMs: LIMITS.draftAgeMaxMs,
          },
  };
};

interface Drafted {
  readonly bytes: Uint8Array;
  readonly namespace: string;
  /** Fingerprint of the key that is going to sign. */
  readonly key: string;
  readonly command: string;
}

/** What came as a signature: an SSHSIG as it is, or an assertion. */
export type GivenSignature = string | AssertionObject;

/** An assertion does not name its key: it is brought into the form of each that may have made it, and the one that fits counts. */
export const signatureIn = (
  given: GivenSignature,
  { signers, revoked }: TrustRoot,
  asked: {
    readonly message: Uint8Array;
    readonly namespace: string;
    readonly keys: readonly string[];
    readonly page: string;
  },
  nowMs: number,
): Result<Uint8Array, string> => {
  if (typeof given === "string") return ok(new TextEncoder().encode(given));
  const { message, namespace, keys, page: origin } = asked;
  const passkeys = signers.filter(({ key }) => keys.includes(key.fingerprint) && isPasskey(key));
  const bytes = (text: string): Uint8Array => Buffer.from(text, "base64url");
  const assertion = {
    clientDataJSON: bytes(given.clientDataJSON),
    authenticatorData: bytes(given.authenticatorData),
    signature: bytes(given.signature),
  };
  const made = passkeys.map(({ key }) => sshSignatureOf(assertion, key, namespace));
  const check = { message, namespace, signers, revoked, at: nowMs, origin };
  return (
    made.find((one) => one.ok && verifySshSignature({ ...check, signature: one.value }).ok) ??
    made[0] ??
    refuse("no passkey of the trust root may have made it")
  );
};
