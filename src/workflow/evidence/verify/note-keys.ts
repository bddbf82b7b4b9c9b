import { principalsOf, readSigners } from "./allowed-signers.ts";
import { isSignedBy, type Note } from "./note.ts";
import type { Reading } from "./reading.ts";
import { readSshKey } from "./ssh-key.ts";

/** What a note's signature is worth: `nobody` where the reader's trust file gives no key that role. */
export type NoteSignature = "signed" | "not-signed" | "nobody";

/** The one role whose keys sign checkpoints, of the ledger and of a run's log. */
const ROLE = "ledger@cto-harness";

/** Whether a note is signed by a key that the reader trusts for it at that moment. */
export const signatureOf = async ({ trust, tools }: Reading, note: Note, atMs: number): Promise<NoteSignature> => {
  const signers = trust === "none" ? undefined : readSigners(trust.allowedSigners);
  if (signers === undefined) return "nobody";
  const keys = signers.filter(({ namespaces }) => namespaces.includes(ROLE));
  for (const { keyBlob } of keys) {
    const numbers = readSshKey(keyBlob)?.numbers;
    if (numbers?.kind !== "ed25519" || principalsOf(signers, keyBlob, ROLE, atMs).length === 0) continue;
    if (await isSignedBy(tools, note, numbers.point)) return "signed";
  }
  return keys.length === 0 ? "nobody" : "not-signed";
};
