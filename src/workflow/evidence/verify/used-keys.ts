import { readSigners } from "./allowed-signers.ts";
import { base64Bytes, hex, textIn } from "./bytes.ts";
import { eventsOf } from "./events.ts";
import { isSignedBy, readLogProof, readNote, type Note } from "./note.ts";
import type { Reading } from "./reading.ts";
import { readSshKey } from "./ssh-key.ts";
import { readSshSignature } from "./ssh-signature.ts";

/** A key that signed something in the bundle, and the file that it signed or signs with. */
export interface UsedKey {
  readonly file: string;
  readonly keyBlob: Uint8Array;
}

/** The keys of humans. What a gate refused may well be by a key that is revoked: that is why it was refused. */
export const humanKeys = ({ files, manifest }: Reading): readonly UsedKey[] =>
  manifest?.reach === "gate"
    ? []
    : [...files].flatMap(([file, armored]) => {
        const signature = /^approval\/[^/]+\.sig$/.test(file) ? readSshSignature(armored) : undefined;
        return signature === undefined ? [] : [{ file, keyBlob: signature.keyBlob }];
      });

/** The keys of the home that its attestations are by. */
export const attestingKeys = ({ manifest }: Reading): readonly UsedKey[] =>
  (manifest?.signatures ?? []).flatMap(({ path, publicKey }) => {
    const keyBlob = base64Bytes(publicKey.split(" ")[1] ?? "");
    return keyBlob === undefined ? [] : [{ file: path, keyBlob }];
  });

/** Every key that the notes of this bundle could be by: the ones that attest, and those of the reader's trust for it. */
export const noteKeys = (reading: Reading): readonly Uint8Array[] => {
  const { trust } = reading;
  const signers = trust === "none" ? [] : (readSigners(trust.allowedSigners) ?? []);
  const named = signers.filter(({ namespaces }) => namespaces.includes("ledger@cto-harness"));
  const all = [...attestingKeys(reading), ...named].map(({ keyBlob }) => keyBlob);
  return [...new Map(all.map((keyBlob) => [hex(keyBlob), keyBlob])).values()];
};

/** The files in which this key signed a note: a checkpoint of the ledger or of the run's own log. */
export const notesBy = async (reading: Reading, keyBlob: Uint8Array): Promise<readonly string[]> => {
  const numbers = readSshKey(keyBlob)?.numbers;
  if (numbers?.kind !== "ed25519") return [];
  const files = new Set<string>();
  for (const { file, note } of notesIn(reading))
    if (!files.has(file) && (await isSignedBy(reading.tools, note, numbers.point))) files.add(file);
  return [...files];
};

const PROOFS = ["approval/consumption.tlog-proof", "attestations/sealed.tlog-proof"] as const;
const [CHECKPOINT, LOG] = ["events.checkpoint", "events.normalized.jsonl"] as const;

const notesIn = ({ files, events }: Reading): readonly { readonly file: string; readonly note: Note }[] => {
  const text = (file: string): string => textIn(files.get(file) ?? new Uint8Array()) ?? "";
  const embedded = eventsOf(events, "evidence.checkpointed").map(({ data }) => data["note"]);
  const all = [
    ...PROOFS.map((file) => ({ file, note: readLogProof(text(file))?.note })),
    { file: CHECKPOINT, note: readNote(text(CHECKPOINT)) },
    ...embedded.map((note) => ({ file: LOG, note: typeof note === "string" ? readNote(note) : undefined })),
  ];
  return all.flatMap(({ file, note }) => (note === undefined ? [] : [{ file, note }]));
};
