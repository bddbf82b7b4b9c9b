/** A piece of a line: as it was on the other side too, or only here. */
export interface Piece {
  readonly text: string;
  readonly isChanged: boolean;
}

/** Longer lines are shown whole: nobody reads marks in them, and finding them takes the square of their words. */
const WORDS_MAX = 200;

/** The words that one line has and the other has not, in both directions. Nothing is marked where little is the same. */
export const wordChanges = (
  before: string,
  after: string,
): { readonly before: readonly Piece[]; readonly after: readonly Piece[] } => {
  const [a, b] = [wordsOf(before), wordsOf(after)];
  const whole = { before: [{ text: before, isChanged: false }], after: [{ text: after, isChanged: false }] };
  if (a.length > WORDS_MAX || b.length > WORDS_MAX) return whole;
  const [keptA, keptB] = keptIn(a, b);
  const kept = a.filter((word, at) => keptA.has(at) && word.trim() !== "").length;
  return kept === 0 ? whole : { before: piecesOf(a, keptA), after: piecesOf(b, keptB) };
};

const wordsOf = (line: string): readonly string[] => line.match(/\w+|\s+|[^\w\s]/gu) ?? [];

/** Places of a longest common subsequence in both. */
const keptIn = (a: readonly string[], b: readonly string[]): readonly [ReadonlySet<number>, ReadonlySet<number>] => {
  const width = b.length + 1;
  const lengths = new Uint16Array((a.length + 1) * width);
  const at = (i: number, j: number): number => lengths[i * width + j] ?? 0;
  for (let i = a.length - 1; i >= 0; i -= 1)
    for (let j = b.length - 1; j >= 0; j -= 1)
      lengths[i * width + j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
  const [inA, inB] = [new Set<number>(), new Set<number>()];
  for (let [i, j] = [0, 0]; i < a.length && j < b.length;) {
    if (a[i] === b[j]) {
      inA.add(i++);
      inB.add(j++);
    } else if (at(i + 1, j) >= at(i, j + 1)) i += 1;
    else j += 1;
  }
  return [inA, inB];
};

const piecesOf = (words: readonly string[], kept: ReadonlySet<number>): readonly Piece[] => {
  const pieces: Piece[] = [];
  for (const [at, text] of words.entries()) {
    const [isChanged, last] = [!kept.has(at), pieces.at(-1)];
    if (last?.isChanged === isChanged) pieces[pieces.length - 1] = { text: last.text + text, isChanged };
    else pieces.push({ text, isChanged });
  }
  return pieces;
};
