/** The known words that a mistyped one may have meant, the nearest first; none when all are too far away. */
export const nearest = (given: string, known: readonly string[], most: number = 3): readonly string[] => {
  const word = given.toLowerCase().slice(0, LENGTH_MAX);
  const allowed = Math.max(2, Math.floor(word.length / 4));
  return known
    .map((name) => ({ name, away: awayFrom(word, name.toLowerCase()) }))
    .filter(({ away }) => away <= allowed)
    .toSorted((a, b) => a.away - b.away || (a.name < b.name ? -1 : 1))
    .slice(0, most)
    .map(({ name }) => name);
};

const LENGTH_MAX = 80;

// A word that is part of another, such as a code without its stage, is one step away from it.
const awayFrom = (word: string, name: string): number => {
  if (name === word) return 0;
  if (word.length >= 4 && (name.endsWith(`/${word}`) || name.startsWith(word) || name.includes(word))) return 1;
  return steps(word, name.slice(0, LENGTH_MAX));
};

/** Insertions, deletions, substitutions and swaps of neighbours that make one word of the other. */
const steps = (a: string, b: string): number => {
  let before: number[] = [];
  let above = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let row = 1; row <= a.length; row += 1) {
    const line = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const same = a[row - 1] === b[column - 1];
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      line.push(
        Math.min(
          (above[column] ?? 0) + 1,
          (line[column - 1] ?? 0) + 1,
          (above[column - 1] ?? 0) + (same ? 0 : 1),
          swapped ? (before[column - 2] ?? 0) + 1 : Infinity,
        ),
      );
    }
    [before, above] = [above, line];
  }
  return above[b.length] ?? 0;
};
