/** `cto --home D status` says the same as `cto status --home D`: the common flags that come first, and what comes after. */
export const leadingFlags = (
  given: readonly string[],
): { readonly flags: readonly string[]; readonly rest: readonly string[] } => {
  let at = 0;
  while (given[at] !== undefined) {
    const word = given[at] ?? "";
    if (SWITCHES.has(word) || word.startsWith("--home=")) at += 1;
    else if (word === "--home" && given[at + 1] !== undefined) at += 2;
    else break;
  }
  return { flags: given.slice(0, at), rest: given.slice(at) };
};

const SWITCHES: ReadonlySet<string> = new Set(["--json", "--quiet", "-q", "--verbose", "-v"]);

/** The words before the one that ends the flags. */
export const wordsBefore = (words: readonly string[], end: string): readonly string[] => {
  const at = words.indexOf(end);
  return at === -1 ? words : words.slice(0, at);
};
