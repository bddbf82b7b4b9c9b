import { verify } from "node:crypto";

import type { LedgerMark } from "../audit-ledger.ts";
import type { Digest } from "../digest.ts";
import type { LedgerRecord } from "../ledger.ts";
import { KEY_ROLES, type KeyRole, type OwnPublicKey } from "../own-keys.ts";
import { refusal, type Refusal } from "../refusal.ts";
import { readPublicKeyLine } from "../ssh-public-key.ts";
import { handoverPath, readHandover, type Handover, type SignedHandover } from "./key-handover.ts";

/** One file of a hand-over as it lies in the home. */
interface HandoverFile {
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly digest: Digest;
}

export interface HandoversSeen {
  readonly files: readonly HandoverFile[];
  /** The ledger, in its order. */
  readonly records: readonly LedgerRecord[];
  /** The keys that sign now, as far as they can be read. */
  readonly keys: readonly OwnPublicKey[];
  /** The Harness's key as those who approved saw and signed it. */
  readonly vouched: readonly VouchedKey[];
}

export interface VouchedKey {
  /** Of the record of the approval. */
  readonly seq: number;
  readonly fingerprint: string;
}

/** Every reason why the home's own keys are not the ones that were handed on, and the checkpoints that both keys signed. */
export const judgeHandovers = (
  seen: HandoversSeen,
): { readonly alarms: readonly Refusal[]; readonly marks: readonly LedgerMark[] } => {
  const files = seen.files.map((file) => ({ ...file, read: signedHandover(file) }));
  const forged = files.flatMap(({ path, read }) => (typeof read === "string" ? [wrong(path, read)] : []));
  const held = files.flatMap(({ path, digest, read }) => (typeof read === "string" ? [] : [{ path, digest, ...read }]));
  const vouched = seen.vouched.map(
    ({ seq, fingerprint }) => ({ kind: "vouched", role: "harness", seq, to: fingerprint }) as const,
  );
  const steps = [...seen.records.flatMap(stepIn), ...vouched].toSorted((one, other) => one.seq - other.seq);
  return {
    alarms: [
      ...forged,
      ...pairAlarms(held),
      ...steps.flatMap((step) => ("record" in step ? recordAlarms(step, held) : [])),
      ...KEY_ROLES.flatMap((role) => chainAlarms(role, steps, seen.keys)),
      ...untoldAlarms(held, steps, seen.keys),
    ],
    marks: held
      .filter(({ by }) => by === "to")
      .map(({ handover }) => ({ what: nameOf(handover.to), by: "harness", checkpoint: handover.checkpoint })),
  };
};

interface Held extends SignedHandover {
  readonly path: string;
  readonly digest: Digest;
  readonly by: "from" | "to";
}

/** The hand-over of a file that one of its two keys signed; or what is wrong with it. */
const signedHandover = ({ path, bytes }: HandoverFile): (SignedHandover & { readonly by: "from" | "to" }) | string => {
  const read = readHandover(bytes);
  if (read === undefined) return "it does not read as a signed hand-over";
  const { handover, keyid, signed, signature } = read;
  if (handover.from.role !== handover.to.role) return "it hands one role over to another";
  const by = (["from", "to"] as const).find((side) => path === handoverPath(handover.to, side));
  if (by === undefined) return "it lies under another name than its keys give it";
  for (const { line, fingerprint } of [handover.from, handover.to]) {
    const key = readPublicKeyLine(line);
    if (!key.ok || key.value.type !== "ssh-ed25519" || key.value.fingerprint !== fingerprint)
      return "a key in it is not the one that it names";
    if (
      fingerprint === handover[by].fingerprint &&
      (keyid !== fingerprint || !verify(null, signed, key.value.key, signature))
    )
      return `it is not signed by ${fingerprint}`;
  }
  return { ...read, by };
};

const wrong = (what: string, says: string): Refusal => refusal("ledger/handover-wrong", { what, says });

const nameOf = ({ role, fingerprint }: Pick<OwnPublicKey, "role" | "fingerprint">): string =>
  `the hand-over of the ${role} key to ${fingerprint}`;

/** Both keys signed the same bytes; one alone is a hand-over that was begun, or half of one. */
const pairAlarms = (held: readonly Held[]): readonly Refusal[] =>
  held
    .filter(({ by }) => by === "to")
    .flatMap((to) => {
      const from = held.find(({ path }) => path === handoverPath(to.handover.to, "from"));
      if (from === undefined) return [wrong(nameOf(to.handover.to), "the key before did not sign it")];
      return Buffer.from(from.signed).equals(to.signed)
        ? []
        : [wrong(nameOf(to.handover.to), "its two keys signed two statements")];
    });

interface KeySeen {
  readonly role: KeyRole;
  readonly seq: number;
  /** Fingerprint of the key that was made, named by an approver, or given its place. */
  readonly to: string;
}

interface Told extends KeySeen {
  readonly kind: "hands over" | "takes over";
  readonly from: string;
  readonly record: LedgerRecord;
}

type Step = Told | (KeySeen & { readonly kind: "made" | "vouched" });

/** What a record of the ledger tells of the home's own keys. */
const stepIn = (record: LedgerRecord): readonly Step[] => {
  const { type, detail, seq } = record;
  const [what = "", from = "", to = "", keys = ""] = ["what", "from", "to", "keys"].map((member) => {
    const text = detail?.[member];
    return typeof text === "string" ? text : "";
  });
  if (type !== "authority.changed") return [];
  if (what === "keys made")
    return KEY_ROLES.flatMap((role) => {
      const [, made] = new RegExp(`(?:^|, )${role} (SHA256:[^,]+)`).exec(keys) ?? [];
      return made === undefined ? [] : [{ kind: "made", role, seq, to: made }];
    });
  return KEY_ROLES.flatMap((role) =>
    (["hands over", "takes over"] as const)
      .filter((kind) => what === `${role} key ${kind}`)
      .map((kind) => ({ kind, role, seq, from, to, record })),
  );
};

/** A recorded hand-over lies there with both signatures, byte for byte as it was recorded, over the ledger before it. */
const recordAlarms = ({ role, from, to, record }: Told, held: readonly Held[]): readonly Refusal[] =>
  (["from", "to"] as const).flatMap((by) => {
    const name = nameOf({ role, fingerprint: to });
    const file = held.find(({ by: side, handover }) => side === by && handover.to.fingerprint === to);
    if (file === undefined)
      return [
        wrong(name, `record ${record.seq} tells of it, and what ${by === "from" ? from : to} signed is not there`),
      ];
    const { handover, digest } = file;
    const holds: readonly (readonly [boolean, string])[] = [
      [digest === record.digests?.[by], `it is not the file that record ${record.seq} tells of`],
      [handover.from.role === role && handover.from.fingerprint === from, `record ${record.seq} names other keys`],
      [handover.checkpoint.size < record.seq, `it is over the ledger as it was after record ${record.seq}`],
    ];
    return holds.filter(([held]) => !held).map(([, says]) => wrong(name, says));
  });

/** Each key was handed its place by the one before, and the last one is the one that signs now. */
const chainAlarms = (role: KeyRole, steps: readonly Step[], keys: readonly OwnPublicKey[]): readonly Refusal[] => {
  const alarms: Refusal[] = [];
  // An approval may name a key that gave its place away while its signer thought about it.
  const former = new Set<string>();
  let holder: string | undefined;
  let successor: string | undefined;
  for (const step of steps) {
    if (step.role !== role) continue;
    if (step.kind === "vouched") {
      if (holder !== undefined && step.to !== successor && !former.has(step.to))
        alarms.push(
          wrong(`the ${role} key ${step.to}`, `record ${step.seq} was approved with it, and no hand-over leads to it`),
        );
      holder ??= step.to;
    } else if (step.kind === "hands over") {
      if (holder !== undefined && step.from !== holder)
        alarms.push(wrong(nameOf({ role, fingerprint: step.to }), `${step.from} handed over what ${holder} held`));
      [holder, successor] = [step.from, step.to];
    } else {
      if (step.kind === "takes over" && step.to !== successor)
        alarms.push(wrong(nameOf({ role, fingerprint: step.to }), "it took over what nobody handed to it"));
      [holder, successor] = [step.to, undefined];
    }
    former.add(holder);
  }
  const now = keys.find((key) => key.role === role)?.fingerprint;
  if (holder !== undefined && now !== undefined && now !== holder && now !== successor)
    alarms.push(
      wrong(`the ${role} key ${now}`, `the ledger tells of no hand-over to it; ${successor ?? holder} is the last`),
    );
  return alarms;
};

/** A hand-over is recorded before the key moves: whatever both signed and no record tells of can only be about to begin. */
const untoldAlarms = (
  held: readonly Held[],
  steps: readonly Step[],
  keys: readonly OwnPublicKey[],
): readonly Refusal[] =>
  held
    .filter(({ by, handover }) => by === "from" && !isTold(handover, steps))
    .filter(({ handover: { from } }) =>
      keys.some(({ role, fingerprint }) => role === from.role && fingerprint !== from.fingerprint),
    )
    .map(({ handover }) => wrong(nameOf(handover.to), "no record of the ledger tells of it"));

const isTold = ({ to }: Handover, steps: readonly Step[]): boolean =>
  steps.some((step) => "record" in step && step.to === to.fingerprint);
