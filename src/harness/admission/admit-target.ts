import path from "node:path";

import {
  ADMISSION_NAMESPACE,
  readAdmissionRecord,
  signaturePathOf,
  withStatus,
  writeAdmissionRecord,
} from "../../workflow/admission/admission-record.ts";
import { admissionSigner } from "../../workflow/admission/admission-signature.ts";
import type { AdmissionRecord } from "../../workflow/admission/admission.ts";
import type { Observation } from "../../workflow/admission/observation.ts";
import { BACKEND_KINDS, type BackendKind } from "../../workflow/contract/contract.ts";
import { digestOf, type Digest } from "../../workflow/digest.ts";
import { timeText } from "../../workflow/instant.ts";
import type { Packet } from "../../workflow/packet/packet.ts";
import { POLICY_PATH, readPolicy } from "../../workflow/read-policy.ts";
import { refusal, type Refusal } from "../../workflow/refusal.ts";
import { ok, refusalsOf, type Result } from "../../workflow/result.ts";
import { readTrustRoot, type TrustRoot } from "../../workflow/trust-root.ts";
import { readPackets, type PacketReading } from "../home/documents.ts";
import { refuseAll, REVOKED_PATH, SIGNERS_PATH } from "../home/read-facts.ts";
import type { World } from "../world.ts";
import { agentFilesDetail } from "./agent-files.ts";

export interface AdmitOrder {
  /** Absolute path of the target. */
  readonly target: string;
  /** Stem of the record's file without `-ADMISSION.json`; by default the one that a packet for this path names. */
  readonly id: string | undefined;
  readonly owner: string | undefined;
  readonly risk: string | undefined;
  readonly stages: readonly number[] | undefined;
  readonly backends: readonly BackendKind[] | undefined;
  readonly expiresMs: number;
  readonly reason: string;
  readonly key: string;
}

export interface Admitted {
  readonly record: AdmissionRecord;
  readonly path: string;
  readonly sha256: Digest;
  readonly signedBy: string;
  readonly observation: Observation;
  /** Whether a packet of this home is about it already. */
  readonly isNamed: boolean;
}

/** Observes the target, writes the record, has the owner sign it, checks the signature as the gate will, then records. */
export const admitTarget = async (world: World, order: AdmitOrder): Promise<Result<Admitted, Refusal>> => {
  const observation = await world.target.observe(order.target);
  const authority = readPolicy(await world.home.read(POLICY_PATH));
  const trust = readTrustRoot(await world.home.read(SIGNERS_PATH), await world.home.read(REVOKED_PATH));
  if (!observation.ok || !authority.ok || !trust.ok)
    return refuseAll([observation, authority, trust].flatMap(refusalsOf));

  const readings = await readPackets(world);
  const packet = packetFor(readings, order.target);
  // A packet that does not lint cannot say what it allows; that is told instead of the lack of one.
  const broken = packet === undefined && order.backends === undefined ? brokenFor(readings, order.target) : [];
  if (broken.length > 0) return refuseAll(broken);
  const record = recordFor(world, order, observation.value, packet, trust.value);
  if (!Object.hasOwn(authority.value.riskClasses, record.riskClassification))
    return refuseAll([
      refusal("admission/risk-not-allowed", {
        risk: record.riskClassification,
        allowed: Object.keys(authority.value.riskClasses).join(", "),
      }),
    ]);
  if (record.backends.length === 0) return refuseAll([refusal("admission/backend-missing", { target: record.path })]);
  const place = packet?.target.admissionSource.value ?? `.sot/03-PROTOCOLS/${record.id}-ADMISSION.json`;
  const bytes = new TextEncoder().encode(writeAdmissionRecord(record));
  const readBack = readAdmissionRecord(bytes);
  if (!readBack.ok) return readBack;

  const signature = await world.keys.askHumanToSign(bytes, ADMISSION_NAMESPACE, order.key);
  if (!signature.ok) return signature;
  const source = { path: place, bytes, digest: digestOf(bytes) };
  const signer = admissionSigner(record, source, signature.value, trust.value, world.clock.now());
  if (!signer.ok || !signer.value.principals.includes(record.owner)) {
    const by = signer.ok ? signer.value.principals.join(", ") : (signer.refusals[0].keyFingerprint ?? "an unknown key");
    return refuseAll([refusal("admission/not-the-owner", { role: "the signer", found: by, owner: record.owner })]);
  }
  await writeOver(world, place, bytes);
  await writeOver(world, signaturePathOf(place), signature.value);
  await world.store.transact((ledger) =>
    ledger.appendLeaf({
      type: "target.admitted",
      actor: record.owner,
      channel: "cli",
      digests: { admission: source.digest, signature: digestOf(signature.value) },
      detail: {
        path: place,
        target: record.path,
        key: signer.value.keyFingerprint,
        agentFiles: agentFilesDetail(observation.value),
      },
    }),
  );
  return ok({
    record,
    path: place,
    sha256: source.digest,
    signedBy: signer.value.keyFingerprint,
    observation: observation.value,
    isNamed: packet !== undefined,
  });
};

/** Takes authority away at once; needs no signature, since it only removes (W04). */
export const removeAdmission = async (
  world: World,
  place: string,
  status: "suspended" | "revoked",
  reason: string,
): Promise<Result<{ readonly record: AdmissionRecord; readonly path: string }, Refusal>> => {
  const source = await world.home.read(place);
  if (source === "absent") return refuseAll([refusal("admission/absent", { path: place, target: "that record" })]);
  const read = readAdmissionRecord(source.bytes);
  if (!read.ok) return read;
  const record = withStatus(read.value, status, reason);
  await world.home.write(place, new TextEncoder().encode(writeAdmissionRecord(record)), source.digest);
  const works = (await readPackets(world)).flatMap(({ read: packet }) =>
    packet.ok && packet.value.packet.target.admissionSource.value === place ? [packet.value.packet.work.value] : [],
  );
  await world.store.transact(async (ledger) => {
    const type = status === "suspended" ? "target.suspended" : "target.revoked";
    const entry = {
      type,
      actor: world.operator.user,
      channel: "cli",
      digests: { admission: source.digest },
      detail: { path: place, reason, uid: world.operator.uid },
    } as const;
    await ledger.appendLeaf(entry);
    for (const work of works) {
      const row = await ledger.work(work);
      if (row !== "absent" && row.state === "approved") await ledger.appendLeaf({ ...entry, work });
    }
  });
  return ok({ record, path: place });
};

const packetFor = (readings: readonly PacketReading[], target: string): Packet | undefined =>
  readings
    .flatMap(({ read }) => (read.ok ? [read.value.packet] : []))
    .find((packet) => packet.target.path.value === target);

const brokenFor = (readings: readonly PacketReading[], target: string): readonly Refusal[] =>
  readings
    .filter(({ source }) => new TextDecoder().decode(source.bytes).includes(target))
    .flatMap(({ read }) => refusalsOf(read));

const recordFor = (
  world: World,
  order: AdmitOrder,
  seen: Observation,
  packet: Packet | undefined,
  trust: TrustRoot,
): AdmissionRecord => {
  const now = world.clock.now().epochMs;
  const stem =
    packet === undefined
      ? undefined
      : path.posix.basename(packet.target.admissionSource.value).replace(/-ADMISSION\.json$/, "");
  return {
    schema: "cto/admission/v1",
    id:
      order.id ??
      stem ??
      `CTO-${
        seen.realPath
          .split("/")
          .at(-1)
          ?.toUpperCase()
          .replaceAll(/[^A-Z0-9]+/g, "-") ?? "TARGET"
      }`,
    status: "admitted",
    path: seen.realPath,
    device: seen.device,
    inode: seen.inode,
    rootCommits: seen.rootCommits,
    branch: seen.branch,
    owner: order.owner ?? packet?.frontmatter.owner.value ?? onlyAdmitter(trust),
    riskClassification: order.risk ?? packet?.target.risk.value ?? "low_risk_noncritical",
    stages: order.stages ?? (packet === undefined ? [5] : [packet.gate.stage.value]),
    backends:
      order.backends ??
      (packet === undefined ? [] : BACKEND_KINDS.filter((kind) => kind === packet.gate.backend.value)),
    admittedAt: timeText(now),
    expiresAt: timeText(now + order.expiresMs),
    reason: order.reason,
  };
};

const onlyAdmitter = (trust: TrustRoot): string => trust.signers.flatMap(({ principals }) => principals)[0] ?? "nobody";

const writeOver = async (world: World, place: string, bytes: Uint8Array): Promise<void> => {
  const now = await world.home.read(place);
  await world.home.write(place, bytes, now === "absent" ? "absent" : now.digest);
};
