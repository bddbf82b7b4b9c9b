import { base64Bytes, joined, sameBytes, utf8 } from "./bytes.ts";
import type { VerifyTools } from "./tools.ts";

/** A checkpoint in a signed note of one signature (C2SP signed-note and tlog-checkpoint), nothing about it believed yet. */
export interface Note {
  readonly origin: string;
  readonly size: number;
  readonly root: Uint8Array;
  /** The bytes that the signature covers. */
  readonly signed: Uint8Array;
  readonly keyId: Uint8Array;
  readonly signature: Uint8Array;
}

/** Undefined for anything but exactly one checkpoint with exactly one signature under its own name. */
export const readNote = (text: string): Note | undefined => {
  const [, body = "", origin = "", size = "", root = "", name, signature = ""] = NOTE.exec(text) ?? [];
  const [hash, marked] = [base64Bytes(root), base64Bytes(signature)];
  if (name === undefined || name !== origin || hash?.length !== 32 || marked?.length !== 68) return undefined;
  return {
    origin,
    size: Number(size),
    root: hash,
    signed: utf8(body),
    keyId: marked.subarray(0, 4),
    signature: marked.subarray(4),
  };
};

const NOTE = /^(([^\s+]+)\n(0|[1-9]\d{0,14})\n([A-Za-z0-9+/=]+)\n)\n\u2014 (\S+) ([A-Za-z0-9+/=]+)\n$/u;

/** Whether the note is signed by this Ed25519 key: the key's number in the note has to be its own, too. */
export const isSignedBy = async (tools: VerifyTools, note: Note, point: Uint8Array): Promise<boolean> => {
  const id = await tools.sha256(joined(utf8(`${note.origin}\n`), Uint8Array.of(ED25519), point));
  if (!sameBytes(id.subarray(0, 4), note.keyId)) return false;
  return tools.verifyKey({ kind: "ed25519", point }, "none", note.signed, note.signature);
};

const ED25519 = 1;

/** A C2SP tlog-proof without extra data. */
export interface LogProof {
  readonly index: number;
  readonly hashes: readonly Uint8Array[];
  readonly note: Note;
}

export const readLogProof = (text: string): LogProof | undefined => {
  const [, index = "", lines = "", written = ""] = PROOF.exec(text) ?? [];
  const hashes = lines
    .split("\n")
    .filter((line) => line !== "")
    .map(base64Bytes);
  const note = readNote(written);
  const isWhole = hashes.every((hash): hash is Uint8Array => hash?.length === 32);
  return index === "" || note === undefined || !isWhole ? undefined : { index: Number(index), hashes, note };
};

const PROOF = /^c2sp\.org\/tlog-proof@v1\nindex (0|[1-9]\d{0,14})\n((?:[A-Za-z0-9+/=]{44}\n){0,60})\n([^]+)$/;
