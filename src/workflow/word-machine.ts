/** Finds many fixed texts at once, in one step for each character whatever they are (Aho and Corasick, 1975). */
export interface WordMachine {
  /**
   * Walks over the text from a place on and tells every word that ends, by its place in the list, the longer before the
   * shorter. Answers how many of the last characters are the beginning of some word.
   */
  walk(text: string, from: number, onWord: (place: number, end: number) => void): number;
}

export const wordMachine = (words: readonly string[]): WordMachine => {
  const symbols = new Uint16Array(UNITS);
  let used = 0;
  for (const word of words)
    for (let at = 0; at < word.length; at += 1) {
      const unit = word.charCodeAt(at);
      if (symbols[unit] === 0) symbols[unit] = used += 1;
    }
  const width = used + 1;
  const statesMax = words.reduce((sum, { length }) => sum + length, 1);
  const next = new Int32Array(statesMax * width);
  const depths = new Int32Array(statesMax);
  const endings: (readonly number[])[] = Array.from({ length: statesMax }, () => []);
  let states = 1;
  const at = (state: number, symbol: number): number => next[state * width + symbol] ?? 0;
  for (const [place, word] of words.entries()) {
    let state = 0;
    for (let index = 0; index < word.length; index += 1) {
      const cell = state * width + (symbols[word.charCodeAt(index)] ?? 0);
      if (next[cell] === 0) {
        depths[states] = index + 1;
        next[cell] = states;
        states += 1;
      }
      state = next[cell] ?? 0;
    }
    endings[state] = [...(endings[state] ?? []), place];
  }
  // Breadth first, so that the state to fall back to is always finished already.
  const fallback = new Int32Array(states);
  const queue = [0];
  for (const state of queue) {
    const back = fallback[state] ?? 0;
    if (state !== 0) endings[state] = [...(endings[state] ?? []), ...(endings[back] ?? [])];
    for (let symbol = 1; symbol < width; symbol += 1) {
      const child = at(state, symbol);
      if (child === 0) next[state * width + symbol] = state === 0 ? 0 : at(back, symbol);
      else {
        fallback[child] = state === 0 ? 0 : at(back, symbol);
        queue.push(child);
      }
    }
  }
  // Most of any text leads nowhere: told apart by one look, without a call.
  const tells = Uint8Array.from({ length: states }, (_, state) => Number((endings[state] ?? []).length > 0));
  return {
    walk: (text, from, onWord) => {
      let state = 0;
      for (let index = from; index < text.length; index += 1) {
        state = next[state * width + (symbols[text.charCodeAt(index)] ?? 0)] ?? 0;
        if (tells[state] === 1) for (const place of endings[state] ?? []) onWord(place, index + 1);
      }
      return depths[state] ?? 0;
    },
  };
};

const UNITS = 65_536;
