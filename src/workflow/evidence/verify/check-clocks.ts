import { z } from "zod";

import type { FreshnessProof } from "../schemas/freshness.ts";
import { textIn } from "./bytes.ts";
import { readLogProof } from "./note.ts";
import { readJson, type Reading } from "./reading.ts";

/** What the gate counted by, counted again: from the signed challenge to the consumption, on both clocks (R048). */
export const clockStatements = (reading: Reading, proof: FreshnessProof): readonly (readonly [boolean, string])[] => {
  const { records, digest } = reading;
  const record = records.approvals[0]?.record?.predicate;
  const { age, clock, timeline, anchors, challenge, consumption, revocation } = proof;
  const [from, , to] = timeline;
  const boots = new Set(timeline.flatMap(({ bootId }) => (bootId === "unknown" ? [] : [bootId])));
  const sameBoot = boots.size === 0 ? "unknown" : boots.size === 1;
  const counted = from === undefined || to === undefined ? undefined : ageBetween(from, to);
  const list = digest("approval/revoked_keys") ?? "none";
  return [
    [clock.sameBoot === sameBoot, "it tells of one boot against its own timeline, or the other way"],
    [clock.maxSkewMs <= SKEW_MAX_MS, "it allows its clocks to be farther apart than the gate does"],
    [
      record === undefined ||
        from === undefined ||
        from.realtime === "unknown" ||
        (from.realtime === record.challenge.issuedAt &&
          from.bootId === record.challenge.bootId &&
          from.boottimeMs === record.challenge.bootMs),
      "its timeline begins at another moment than the signed challenge",
    ],
    [challenge === "unknown" || challenge.issuedAt === record?.challenge.issuedAt, "the challenge is of another time"],
    [
      challenge === "unknown" || challenge.nonce === record?.challenge.nonce,
      "the challenge has another nonce than the signed one",
    ],
    [
      challenge === "unknown" || challenge.issuedByKey === (record?.harness.keyFingerprint ?? null),
      "the challenge names another Harness key than the signed record",
    ],
    [
      age === "unknown" ||
        counted === undefined ||
        (age.byRealtimeMs === counted.byRealtimeMs && age.byBoottimeMs === counted.byBoottimeMs),
      "its age is not what its timeline gives",
    ],
    [
      age === "unknown" ||
        record === undefined ||
        age.limitMs === Date.parse(record.validity.expiresAt) - Date.parse(record.validity.notBefore),
      "its limit is not the approval's",
    ],
    [
      age === "unknown" || counted === undefined || age.ok === isYoung(counted, age.limitMs),
      "its age is told good against its own clocks",
    ],
    [age === "unknown" || age.ok !== false, "its clocks disagree, or the approval was too old when it was spent"],
    [
      consumption === "unknown" || consumption.at === consumedAt(reading),
      "the consumption is of another time than the ledger's record",
    ],
    [
      consumption === "unknown" ||
        (anchors.ledgerCheckpoint !== "unknown" && anchors.ledgerCheckpoint.rootHash === consumption.rootBefore),
      "its anchor is not the ledger before the consumption",
    ],
    [
      anchors.lastHumanCheckpoint === "unknown" ||
        anchors.ledgerCheckpoint === "unknown" ||
        isBefore(anchors.lastHumanCheckpoint, anchors.ledgerCheckpoint),
      "the ledger that a human signed is newer than the one that followed",
    ],
    [
      anchors.lastHumanCheckpoint === "unknown" ||
        records.approvals.some(
          (one) =>
            JSON.stringify(one.record?.predicate.ledgerCheckpoint) === JSON.stringify(anchors.lastHumanCheckpoint),
        ),
      "no approval carries that ledger checkpoint",
    ],
    ...anchorStatements(reading, proof),
    ...hostStatements(reading, proof),
    [revocation === "unknown" || revocation.sha256 === list, "it names another list of revoked keys"],
  ];
};

const SKEW_MAX_MS = 5000;

/** The ledger right before the consumption is the one whose proof lies here, one record shorter. */
const anchorStatements = (
  { files }: Reading,
  { anchors: { ledgerCheckpoint: anchor }, consumption }: FreshnessProof,
): readonly (readonly [boolean, string])[] => {
  if (anchor === "unknown") return [];
  const proof = readLogProof(textIn(files.get("approval/consumption.tlog-proof") ?? new Uint8Array()) ?? "");
  return [
    [anchor.origin === proof?.note.origin, "its anchor is another ledger than the one of the consumption"],
    [
      consumption !== "unknown" && anchor.size === consumption.ledgerIndex - 1 && anchor.size === proof?.index,
      "its anchor has another size than the ledger before the consumption",
    ],
  ];
};

const hostStatements = (
  { events, manifest }: Reading,
  { host, timeline }: FreshnessProof,
): readonly (readonly [boolean, string])[] => [
  [
    events?.[0]?.event?.source === `urn:cto-harness:host:${host.hostId}:run:${manifest?.run ?? ""}`,
    "it is of another host than the log",
  ],
  [host.bootId === timeline.at(-1)?.bootId, "it is of another boot than the end of its timeline"],
];

interface Age {
  readonly byRealtimeMs: number;
  readonly byBoottimeMs: number | null;
}

const ageBetween = (
  from: FreshnessProof["timeline"][number],
  to: FreshnessProof["timeline"][number],
): Age | undefined => {
  const byRealtimeMs = Date.parse(to.realtime) - Date.parse(from.realtime);
  if (Number.isNaN(byRealtimeMs) || from.boottimeMs === "unknown" || to.boottimeMs === "unknown") return undefined;
  return { byRealtimeMs, byBoottimeMs: from.bootId === to.bootId ? to.boottimeMs - from.boottimeMs : null };
};

const isYoung = ({ byRealtimeMs, byBoottimeMs }: Age, limitMs: number): boolean =>
  byRealtimeMs >= 0 &&
  byRealtimeMs <= limitMs &&
  (byBoottimeMs === null ||
    (byBoottimeMs >= 0 && byBoottimeMs <= limitMs && Math.abs(byRealtimeMs - byBoottimeMs) <= SKEW_MAX_MS));

const consumedAt = ({ files }: Reading): string | undefined =>
  readJson(files.get("approval/consumption.json"), z.object({ at: z.string() }))?.at;

const isBefore = (
  one: { readonly size: number; readonly rootHash: string },
  other: { readonly size: number; readonly rootHash: string },
): boolean => one.size < other.size || (one.size === other.size && one.rootHash === other.rootHash);
