import type { z } from "zod";

import { LIMITS } from "../../limits.ts";
import { principalsOf, readSigners } from "./allowed-signers.ts";
import { levelBy } from "./assurance.ts";
import { unpaddedBase64 } from "./bytes.ts";
import { revokerOf } from "./check-revocation.ts";
import { hasBit, PRESENT } from "./flags.ts";
import type { SignedRecord } from "./later.ts";
import { readJson, type Reading } from "./reading.ts";
import type { Level } from "./records.ts";
import { isSignatureOver, readSshSignature } from "./ssh-signature.ts";
import { fail, notProven, type Check, type VerifyCode } from "./verdict.ts";

/** How a record that lies beside a bundle is to be read, and who is to have signed it. */
export interface LaterForm<T> {
  readonly id: "outcome" | "withdrawal";
  readonly namespace: string;
  readonly schema: z.ZodType<T>;
  readonly signedBy: (read: T) => SignedBy;
}

interface SignedBy {
  readonly principal: string;
  readonly at: string;
  /** The page on which a passkey was asked. */
  readonly origin?: string | undefined;
}

/** A record whose signature fits its bytes, and what was found out about its key. */
export interface LaterRecord<T> {
  readonly read: T;
  readonly fingerprint: string;
  readonly level: Level;
  /** The principal's, by the reader's trust; or the row that says why that is not proven. */
  readonly key: "trusted" | Check;
}

/** Where the names of a row's file come from: the record and its signature have no place in the bundle. */
export const laterFile = (id: string): string => `${id}.json`;

/** Bounds, reads and verifies the record, each byte once; or the row that says why it counts for nothing. */
export const readLater = async <T>(
  reading: Reading,
  { id, namespace, schema, signedBy }: LaterForm<T>,
  { record, signature: armored }: SignedRecord,
): Promise<LaterRecord<T> | Check> => {
  const { tools, trust } = reading;
  const file = laterFile(id);
  const off = (code: VerifyCode, says: string, of: string = `${file}.sig`): Check => fail(id, code, says, of);
  if (record.length > LIMITS.outcomeRecordBytesMax)
    return off("evidence/signature-invalid", `it is larger than ${LIMITS.outcomeRecordBytesMax} bytes`, file);
  if (armored === "absent") return off("evidence/signature-missing", "it is not signed");
  const signature = armored.length > LIMITS.signatureBytesMax ? undefined : readSshSignature(armored);
  const invalid = (says: string): Check => off("evidence/signature-invalid", says);
  if (signature === undefined) return invalid("it does not read as an SSH signature");
  if (signature.namespace !== namespace) return invalid(`it is for another role than ${namespace}`);
  const read = readJson(record, schema);
  const page = read === undefined ? undefined : signedBy(read).origin;
  if (!(await isSignatureOver(tools, signature, record, page)))
    return invalid("it does not fit these bytes and its key");
  if (signature.key.application !== undefined && !hasBit(signature.flags, PRESENT))
    return invalid("the key was not touched");
  if (read === undefined) return off("evidence/signature-invalid", `it does not read as ${id}/v1`, file);
  const fingerprint = `SHA256:${unpaddedBase64(await tools.sha256(signature.keyBlob))}`;
  const revoker = await revokerOf(reading, signature.keyBlob);
  if (revoker !== undefined) return invalid(`it is by ${fingerprint}, which ${revoker} revokes`);
  const signers = trust === "none" ? undefined : readSigners(trust.allowedSigners);
  const known = { read, fingerprint, level: levelBy(signature) };
  if (signers === undefined)
    return { ...known, key: notProven(id, `signed by ${fingerprint}; whose key that is needs trust`, `${file}.sig`) };
  const { principal, at } = signedBy(read);
  return principalsOf(signers, signature.keyBlob, namespace, Date.parse(at)).includes(principal)
    ? { ...known, key: "trusted" }
    : invalid(`${fingerprint} is no key of ${principal} for ${namespace} at that time`);
};
