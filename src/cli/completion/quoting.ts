/** A word of a bash command line, its quotes taken away; nothing is expanded, and a quote that is still open ends at the cursor. */
export const bashWord = (given: string): string => {
  let word = "";
  let quote: "'" | '"' | undefined;
  for (let at = 0; at < given.length; at += 1) {
    const character = given[at] ?? "";
    const next = given[at + 1];
    if (quote === undefined && (character === "'" || character === '"')) quote = character;
    else if (character === quote) quote = undefined;
    else if (character === "\\" && next !== undefined && isEscaped(next, quote)) {
      word += next;
      at += 1;
    } else word += character;
  }
  return word;
};

const isEscaped = (next: string, quote: "'" | '"' | undefined): boolean => {
  if (quote === "'") return false;
  return quote === undefined || '$`"\\'.includes(next);
};

/** A name as bash reads it as one word that means nothing else. */
export const bashQuoted = (name: string): string =>
  name.replaceAll(/[^A-Za-z0-9_./:=@%+,-]/g, (character) => `\\${character}`);
