import { foldedSegments, forbids } from "../path-rules.ts";
import { isPlain, matchesName } from "../wildcard.ts";

/**
 * Whether the two rules can be seen to meet: the allowed one names something forbidden or beneath it, or a folder that
 * the forbidden one names a part of. A prohibition holds at every depth, so it is laid against every part of the
 * allowed rule. Where they could meet only through a wildcard or somewhere in a folder, forbidden wins at the change.
 */
export const isForbidden = (allowed: string, forbidden: string): boolean => {
  if (forbids(forbidden, allowed)) return true;
  const permitted = foldedSegments(allowed);
  const wanted = foldedSegments(forbidden).filter((name) => name !== "**");
  return wanted.length > 0 && permitted.some((_, from) => meets(permitted.slice(from), wanted, allowed.endsWith("/")));
};

const meets = (permitted: readonly string[], wanted: readonly string[], isFolder: boolean): boolean => {
  let isNamed = false;
  for (const [index, name] of wanted.entries()) {
    const other = permitted[index];
    // The allowed rule ends here or leaves open what follows: what is forbidden lies beneath.
    if (other === undefined) return isNamed && isFolder;
    if (other === "**") return isNamed;
    if (!mayBeOne(other, name)) return false;
    if (hasLetters(other)) isNamed = true;
  }
  return isNamed;
};

const mayBeOne = (permitted: string, forbidden: string): boolean =>
  permitted === forbidden ||
  matchesName(forbidden, permitted) ||
  (isPlain(forbidden) && matchesName(permitted, forbidden));

const hasLetters = (name: string): boolean => /[^*?.]/.test(name);
