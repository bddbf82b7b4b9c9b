/** Reads the SSH wire format (RFC 4251). What is too short reads as empty; only `ended` says whether all was there. */
export interface SshWire {
  raw(length: number): Buffer;
  byte(): number;
  uint32(): number;
  string(): Buffer;
  /** Something is left, and nothing was missing so far. */
  more(): boolean;
  /** Everything was there and nothing is left over. */
  ended(): boolean;
}

export const readWire = (bytes: Uint8Array): SshWire => {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  let short = false;
  const raw = (length: number): Buffer => {
    if (short || length > buffer.length - at) short = true;
    const taken = short ? Buffer.alloc(0) : buffer.subarray(at, at + length);
    at += taken.length;
    return taken;
  };
  const uint32 = (): number => {
    const taken = raw(4);
    return taken.length === 4 ? taken.readUInt32BE() : 0;
  };
  return {
    raw,
    uint32,
    byte: () => raw(1)[0] ?? 0,
    string: () => raw(uint32()),
    more: () => !short && at < buffer.length,
    ended: () => !short && at === buffer.length,
  };
};

export const wireString = (content: Uint8Array | string): Buffer => {
  const bytes = Buffer.from(content);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
};

/** A positive integer in its one shortest form, big-endian without sign byte; undefined if it is written otherwise. */
export const positiveInteger = (mpint: Buffer): Buffer | undefined => {
  const [first, second] = mpint;
  if (first === undefined || first >= 0x80) return undefined;
  if (first !== 0) return mpint;
  return second !== undefined && second >= 0x80 ? mpint.subarray(1) : undefined;
};
