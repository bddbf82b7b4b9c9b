/** Whether `*` (any run of characters) and `?` (any one) make the pattern equal to the whole name, dots included. */
export const matchesName = (pattern: string, name: string): boolean =>
  isPlain(pattern)
    ? pattern === name
    : lastOf(reach(Array.from(pattern), Array.from(name), "*", (wanted, found) => wanted === "?" || wanted === found));

/** Whether the pattern's segments, `**` being any number of folders, are equal to the whole path. */
export const matchesWhole = (pattern: readonly string[], path: readonly string[]): boolean =>
  lastOf(reach(pattern, path, "**", matchesName));

/** Whether the pattern's segments are equal to the path or to a folder that holds it. */
export const matchesStart = (pattern: readonly string[], path: readonly string[]): boolean =>
  reach(pattern, path, "**", matchesName).includes(true);

/** Whether the text means only itself as a pattern. */
export const isPlain = (pattern: string): boolean => !/[*?]/.test(pattern);

/**
 * For every length of the subject: does the whole pattern match that much of it? All readings are followed at once,
 * so that no pattern takes longer than its length times the subject's.
 */
const reach = (
  pattern: readonly string[],
  subject: readonly string[],
  many: string,
  matchesOne: (wanted: string, found: string) => boolean,
): readonly boolean[] => {
  let places = skipping(pattern, many, new Set([0]));
  const matched = [places.has(pattern.length)];
  for (const found of subject) {
    const next = new Set<number>();
    for (const place of places) {
      const wanted = pattern[place];
      if (wanted === undefined) continue;
      if (wanted === many) next.add(place);
      else if (matchesOne(wanted, found)) next.add(place + 1);
    }
    places = skipping(pattern, many, next);
    matched.push(places.has(pattern.length));
  }
  return matched;
};

// Iterating a Set visits what is added on the way, so runs of wildcards are skipped as well.
const skipping = (pattern: readonly string[], many: string, places: Set<number>): Set<number> => {
  for (const place of places) if (pattern[place] === many) places.add(place + 1);
  return places;
};

const lastOf = (matched: readonly boolean[]): boolean => matched.at(-1) === true;
