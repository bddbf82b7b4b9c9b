import { principalsOf, readSigners } from "./allowed-signers.ts";
import { approvedKey } from "./attestation.ts";
import { base64Bytes, unpaddedBase64 } from "./bytes.ts";
import { isSignedBy, type Note } from "./note.ts";
import type { Reading } from "./reading.ts";
import { readSshKey } from "./ssh-key.ts";

/** What a note's signature is worth: `nobody` where nobody whom the reader trusts names a key for that role. */
export type NoteSignature = "signed" | "not-signed" | "nobody";

/** The one role whose keys sign checkpoints, of the ledger and of a run's log. */
const ROLE = "ledger@cto-harness";

/** Whether a note is signed by a key that the reader trusts for it at that moment, or by the one that every approver named. */
export const signatureOf = async (reading: Reading, note: Note, atMs: number): Promise<NoteSignature> => {
  const { trust } = reading;
  const signers = trust === "none" ? undefined : readSigners(trust.allowedSigners);
  if (signers === undefined) return "nobody";
  const keys = signers.filter(({ namespaces }) => namespaces.includes(ROLE)).map(({ keyBlob }) => keyBlob);
  for (const keyBlob of keys)
    if (principalsOf(signers, keyBlob, ROLE, atMs).length > 0 && (await isSigned(reading, note, keyBlob)))
      return "signed";
  // Where the reader names keys for this role himself, nobody else adds one.
  if (keys.length > 0) return "not-signed";
  const vouched = await vouchedKey(reading);
  if (vouched === undefined) return "nobody";
  return (await isSigned(reading, note, vouched)) ? "signed" : "not-signed";
};

const isSigned = async ({ tools }: Reading, note: Note, keyBlob: Uint8Array): Promise<boolean> => {
  const numbers = readSshKey(keyBlob)?.numbers;
  return numbers?.kind === "ed25519" && isSignedBy(tools, note, numbers.point);
};

/** The Harness's key of bundle.json, if it is the one whose fingerprint stands in what the owner signed. */
const vouchedKey = async (reading: Reading): Promise<Uint8Array | undefined> => {
  const named = await approvedKey(reading);
  const told = reading.manifest?.signatures.find(({ namespace }) => namespace === "run@cto-harness");
  const keyBlob = base64Bytes(told?.publicKey.split(" ")[1] ?? "");
  if (named === undefined || keyBlob === undefined) return undefined;
  return `SHA256:${unpaddedBase64(await reading.tools.sha256(keyBlob))}` === named ? keyBlob : undefined;
};
