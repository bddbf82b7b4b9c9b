import { ASSURANCE_LEVELS, type Assurance } from "../authority.ts";
import type { VerifiedSignature } from "../ssh-signature.ts";

/** How the words came, where nothing was signed: the host's own word, worth A1 at most. */
export type UnsignedEntry = "tty" | "typed";

/** A0 to A3, from how a signature was made; a level that a record claims is never believed (R047). */
export const assuranceOf = (by: VerifiedSignature | UnsignedEntry): Assurance => {
  if (by === "typed") return "A0";
  if (by === "tty") return "A1";
  const { userPresent, userVerified, mayBeCopied } = by.flags ?? {};
  return userPresent === true && userVerified === true && mayBeCopied === false ? "A3" : "A2";
};

export const isBelow = (level: Assurance, minimum: Assurance): boolean =>
  ASSURANCE_LEVELS.indexOf(level) < ASSURANCE_LEVELS.indexOf(minimum);

/** What every surface prints beside the level. */
export const assuranceWords = (level: Assurance): string => {
  if (level === "A3") return "hardware key, user verified";
  return level === "A2" ? "SSH key" : "consent is host-attested only";
};
