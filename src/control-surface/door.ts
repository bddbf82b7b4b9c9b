import { createHash, randomBytes, timingSafeEqual } from "node:crypto";

/** Where the Control Surface stands, and who is let in. */
export interface Door {
  /** `http://localhost:4049`: the only name that pages have, so that a passkey can belong to it. */
  readonly origin: string;
  /** Of this start, 256 bits; it never leaves memory but by the address that is printed. */
  readonly token: string;
}

export const doorAt = (port: number): Door => ({
  origin: new URL(`http://localhost:${port}`).origin,
  token: randomBytes(32).toString("base64url"),
});

export const TOKEN_HEADER = "X-CTO-Token";

/** Compared in a time that says nothing about where two tokens differ, nor how long one is. */
export const isToken = ({ token }: Door, given: string | null): boolean =>
  given !== null && timingSafeEqual(digest(given), digest(token));

const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
