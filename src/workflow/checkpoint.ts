import { createPublicKey, hash, verify } from "node:crypto";

/** Where a tree stands, under the name of the log that it belongs to (C2SP tlog-checkpoint). */
export interface Checkpoint {
  readonly origin: string;
  readonly size: number;
  /** RFC 6962 root over the first `size` leaves, base64. */
  readonly rootHash: string;
}

/** The name of a home's ledger, which is also the name of the key in its notes. */
export const ledgerOrigin = (homeId: string): string => `cto-harness/ledger/${homeId}`;

/** The name of a run's event log. */
export const runOrigin = (run: string): string => `cto-harness/run/${run}`;

/** What signs notes: an Ed25519 key, told by its 32 public bytes. */
export interface NoteSigner {
  readonly publicKey: Uint8Array;
  readonly sign: (bytes: Uint8Array) => Uint8Array;
}

/** The three lines that a note's signature covers. */
const checkpointText = ({ origin, size, rootHash }: Checkpoint): string => `${origin}\n${size}\n${rootHash}\n`;

/** A checkpoint as a signed note of one signature, under its origin (C2SP signed-note). */
export const signedCheckpoint = (checkpoint: Checkpoint, { publicKey, sign }: NoteSigner): string => {
  const text = checkpointText(checkpoint);
  const signature = Buffer.concat([keyId(checkpoint.origin, publicKey), sign(new TextEncoder().encode(text))]);
  return `${text}\n\u2014 ${checkpoint.origin} ${signature.toString("base64")}\n`;
};

/** First four bytes of SHA-256 over name, line feed, the algorithm's number and the key. */
const keyId = (name: string, publicKey: Uint8Array): Uint8Array =>
  hash("sha256", Buffer.concat([Buffer.from(`${name}\n`), Buffer.of(ED25519), publicKey]), "buffer").subarray(0, 4);

const ED25519 = 1;

/** Whether a note says exactly this, signed by this key and nobody else. One checkpoint has one note for each key. */
export const isSignedCheckpoint = (note: string, checkpoint: Checkpoint, publicKey: Uint8Array): boolean => {
  const text = checkpointText(checkpoint);
  const head = `${text}\n\u2014 ${checkpoint.origin} `;
  if (!note.startsWith(head) || !note.endsWith("\n")) return false;
  const written = note.slice(head.length, -1);
  const bytes = Buffer.from(written, "base64");
  if (bytes.toString("base64") !== written || bytes.length !== 68) return false;
  if (!bytes.subarray(0, 4).equals(keyId(checkpoint.origin, publicKey))) return false;
  return verify(null, Buffer.from(text), ed25519Of(publicKey), bytes.subarray(4));
};

const ed25519Of = (publicKey: Uint8Array): ReturnType<typeof createPublicKey> =>
  createPublicKey({
    key: { kty: "OKP", crv: "Ed25519", x: Buffer.from(publicKey).toString("base64url") },
    format: "jwk",
  });

/** What a note says, its signature not looked at; undefined for a text that begins with no checkpoint. */
export const readCheckpoint = (note: string): Checkpoint | undefined => {
  const [, origin, size = "", rootHash] = /^(\S+)\n(0|[1-9]\d{0,14})\n([A-Za-z0-9+/]{43}=)\n\n/.exec(note) ?? [];
  return origin === undefined || rootHash === undefined ? undefined : { origin, size: Number(size), rootHash };
};

/** The note at the end of a tlog-proof; empty where there is none. */
export const noteInProof = (proof: string): string => {
  const at = proof.indexOf("\n\n");
  return at < 0 ? "" : proof.slice(at + 2);
};

/** Proof that a record is leaf `index` of the tree under a note (C2SP tlog-proof). */
export const proofText = (index: number, hashes: readonly Uint8Array[], note: string): string =>
  [
    "c2sp.org/tlog-proof@v1",
    `index ${index}`,
    ...hashes.map((one) => Buffer.from(one).toString("base64")),
    "",
    note,
  ].join("\n");
