/** Whether `*` (any run of characters) and `?` (any one) make the pattern equal to the whole name, dots included. */
export const matchesName = (pattern: string, name: string): boolean => {
  if (isPlain(pattern)) return pattern === name;
  const isOne = (wanted: string, found: string): boolean => wanted === "?" || wanted === found;
  // Any one is one character, also where it is two units of the text.
  return pattern.includes("?")
    ? matches(Array.from(pattern), Array.from(name), "*", isOne)
    : matches(pattern, name, "*", isOne);
};

/** Whether the pattern's segments, `**` being any number of folders, are equal to the whole path. */
export const matchesWhole = (pattern: readonly string[], path: readonly string[]): boolean =>
  matches(pattern, path, "**", matchesName);

/** Whether the text means only itself as a pattern. */
export const isPlain = (pattern: string): boolean => !/[*?]/.test(pattern);

/**
 * Where something does not fit, the last `many` takes one more and all behind it begins anew: an earlier one need never
 * be asked again. So no pattern takes longer than its length times the subject's.
 */
const matches = (
  pattern: ArrayLike<string>,
  subject: ArrayLike<string>,
  many: string,
  isOne: (wanted: string, found: string) => boolean,
): boolean => {
  let place = 0;
  let at = 0;
  let behindMany: number | undefined;
  let taken = 0;
  while (at < subject.length) {
    const wanted = pattern[place];
    if (wanted === many) {
      place += 1;
      behindMany = place;
      taken = at;
    } else if (wanted !== undefined && isOne(wanted, subject[at] ?? "")) {
      place += 1;
      at += 1;
    } else if (behindMany === undefined) return false;
    else {
      place = behindMany;
      taken += 1;
      at = taken;
    }
  }
  while (pattern[place] === many) place += 1;
  return place === pattern.length;
};
