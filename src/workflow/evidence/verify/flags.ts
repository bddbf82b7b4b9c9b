/** What a hardware key says of its user: that somebody touched it, and that it knew who. */
export const PRESENT = 1;
export const VERIFIED = 4;

/** A passkey that other devices of its owner may hold as well. */
export const MAY_BE_COPIED = 8;

export const hasBit = (flags: number | undefined, bit: number): boolean => Math.floor((flags ?? 0) / bit) % 2 === 1;
