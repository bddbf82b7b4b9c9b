import type { Signer } from "../../workflow/allowed-signers.ts";
import { NOTIFY_PATH, channelId, type NotifyPolicy } from "../../workflow/notify-policy.ts";
import type { SourceDocument } from "../../workflow/packet/packet.ts";
import { POLICY_PATH, readPolicy } from "../../workflow/read-policy.ts";
import { wordsOf, type Refusal } from "../../workflow/refusal.ts";
import type { Result } from "../../workflow/result.ts";
import { isRevoked } from "../../workflow/revoked-keys.ts";
import { readTrustRoot, type TrustRoot } from "../../workflow/trust-root.ts";
import { listOwnKeys } from "../keys/list-own-keys.ts";
import { readSignedTrust } from "../keys/sign-trust.ts";
import { notifyPolicyOf } from "../notices/deliver-notices.ts";
import type { AuthorityObject, FileObject, SettingObject } from "../objects/authority.ts";
import type { World } from "../world.ts";
import { REVOKED_PATH, SIGNERS_PATH } from "./read-facts.ts";

/** The keys and the policy of a home as they count now. Opens no private key, changes nothing. */
export const readAuthority = async (world: World): Promise<AuthorityObject> => {
  const { home, clock } = world;
  const [signers, revoked] = [await home.read(SIGNERS_PATH), await home.read(REVOKED_PATH)];
  const [policyFile, notifyFile] = [await home.read(POLICY_PATH), await home.read(NOTIFY_PATH)];
  const trust = readTrustRoot(signers, revoked);
  const policy = readPolicy(policyFile);
  const notify = await notifyPolicyOf(world);
  const now = clock.now().epochMs;
  return {
    trustRoot: trust.ok ? await trustOf(world, trust.value) : { state: "unreadable", says: problemOf(trust) },
    signers: {
      ...fileOf(SIGNERS_PATH, signers),
      problem: problemOf(trust),
      keys: trust.ok ? trust.value.signers.map((signer) => signerOf(signer, trust.value, now)) : [],
    },
    revoked: {
      ...fileOf(REVOKED_PATH, revoked),
      problem: problemOf(trust),
      count: trust.ok ? trust.value.revoked.sha256.size + trust.value.revoked.sha1.size : null,
    },
    own: await listOwnKeys(world),
    policy: {
      ...fileOf(POLICY_PATH, policyFile),
      problem: problemOf(policy),
      settings: policy.ok ? settingsIn({ ...policy.value, digest: undefined }) : [],
    },
    notify: {
      ...fileOf(NOTIFY_PATH, notifyFile),
      problem: problemOf(notify),
      settings: notify.ok ? settingsIn(withoutAddresses(notify.value)) : [],
    },
  };
};

const fileOf = (path: string, source: SourceDocument | "absent"): Pick<FileObject, "path" | "sha256"> => ({
  path,
  sha256: source === "absent" ? null : source.digest,
});

const problemOf = (read: Result<unknown, Refusal>): string =>
  read.ok ? "" : read.refusals.map((one) => wordsOf(one).says).join(" ");

const trustOf = async (world: World, trust: TrustRoot): Promise<AuthorityObject["trustRoot"]> => {
  const signed = await readSignedTrust(world, trust);
  if (signed === "absent")
    return { state: "not-signed", says: "whoever can write allowed_signers can change it unseen" };
  return signed.judged.ok
    ? { state: "signed", says: `by ${signed.judged.value.owner}, ${signed.judged.value.decidedAt}` }
    : { state: "broken", says: signed.judged.refusals[0] };
};

const signerOf = (
  { principals, key, namespaces, validAfter, validBefore, credential }: Signer,
  { revoked }: TrustRoot,
  nowMs: number,
): AuthorityObject["signers"]["keys"][number] => {
  const at = Math.floor(nowMs / 1000);
  const state = isRevoked(revoked, key)
    ? "revoked"
    : validAfter !== null && at < validAfter
      ? "not-yet"
      : validBefore !== null && at > validBefore
        ? "ended"
        : "counts";
  return {
    principals,
    fingerprint: key.fingerprint,
    type: key.type,
    isPasskey: credential !== null,
    roles: namespaces,
    from: validAfter,
    until: validBefore,
    state,
  };
};

const withoutAddresses = ({ channels, ...rest }: NotifyPolicy): object => ({
  channels: channels.map((channel) => ({ channel: channelId(channel), events: channel.events })),
  ...rest,
});

/** Every setting of a file by its path, in the file's order of parts; what holds nothing is told as empty. */
const settingsIn = (value: object, before = ""): readonly SettingObject[] =>
  Object.entries(value).flatMap(([name, member]: readonly [string, unknown]): readonly SettingObject[] => {
    const path = before === "" ? name : `${before}.${name}`;
    if (member === undefined) return [];
    // A list of forms is told one by one; a list of words is one line.
    if (Array.isArray(member) && member.some((item) => typeof item === "object"))
      return member.map((item, at) => ({ name: `${path}[${at}]`, value: JSON.stringify(item) }));
    const isPlainObject = typeof member === "object" && member !== null && !Array.isArray(member);
    if (isPlainObject && Object.keys(member).length > 0) return settingsIn(member, path);
    return [{ name: path, value: typeof member === "string" ? member : JSON.stringify(member) }];
  });
