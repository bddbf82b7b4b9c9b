import { latin1 } from "./bytes.ts";

/** Reads the length-prefixed fields of SSH one after the other; undefined as soon as one is not whole. */
export interface Wire {
  string(): Uint8Array | undefined;
  text(): string | undefined;
  uint32(): number | undefined;
  byte(): number | undefined;
  isAtEnd(): boolean;
}

export const wireOf = (bytes: Uint8Array): Wire => {
  let at = 0;
  const take = (size: number): Uint8Array | undefined => {
    if (at + size > bytes.length) return undefined;
    at += size;
    return bytes.subarray(at - size, at);
  };
  const uint32 = (): number | undefined => take(4)?.reduce((sum, byte) => sum * 256 + byte, 0);
  const string = (): Uint8Array | undefined => {
    const size = uint32();
    return size === undefined ? undefined : take(size);
  };
  return {
    string,
    text: () => {
      const read = string();
      return read === undefined ? undefined : latin1(read);
    },
    uint32,
    byte: () => take(1)?.[0],
    isAtEnd: () => at === bytes.length,
  };
};

/** A field as SSH writes it: four bytes of length, then the bytes. */
export const wireField = (bytes: Uint8Array): Uint8Array => {
  const field = new Uint8Array(4 + bytes.length);
  new DataView(field.buffer).setUint32(0, bytes.length);
  field.set(bytes, 4);
  return field;
};
