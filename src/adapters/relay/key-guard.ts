/** Passes bytes on, with every occurrence of the key blotted out; holds back only what may be the beginning of one. */
export interface KeyGuard {
  pass(bytes: Uint8Array): Uint8Array;
  /** What was held back, once nothing follows. */
  rest(): Uint8Array;
}

export const guardKey = (key: string | undefined): KeyGuard => {
  const wanted = Buffer.from(key ?? "");
  let held: Buffer = Buffer.alloc(0);
  if (wanted.length === 0) return { pass: (bytes) => bytes, rest: () => held };
  return {
    pass: (bytes) => {
      const all = Buffer.concat([held, bytes]);
      for (let at = all.indexOf(wanted); at !== -1; at = all.indexOf(wanted, at + wanted.length))
        all.fill("*", at, at + wanted.length);
      const keep = beginningAtEnd(all, wanted);
      held = all.subarray(all.length - keep);
      return all.subarray(0, all.length - keep);
    },
    rest: () => held,
  };
};

/** How many of the last bytes are the first ones of the key. */
const beginningAtEnd = (bytes: Buffer, wanted: Buffer): number => {
  for (let length = Math.min(bytes.length, wanted.length - 1); length > 0; length -= 1)
    if (bytes.subarray(bytes.length - length).equals(wanted.subarray(0, length))) return length;
  return 0;
};
