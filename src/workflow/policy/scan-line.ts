/** One simple command of a shell line: its words without quotes, and the files that it redirects into. */
export interface SimpleCommand {
  readonly words: readonly string[];
  readonly writes: readonly string[];
}

type Quote = '"' | "'" | undefined;
type Place = "word" | "write" | "descriptor" | "ignored";

/** One pass over a shell line: quotes, separators, substitutions, redirections. Undefined where a quote stays open. */
export const scanLine = (line: string): readonly SimpleCommand[] | undefined => {
  const commands: { words: string[]; writes: string[] }[] = [{ words: [], writes: [] }];
  const outer: Quote[] = [];
  let inBackticks = false;
  let word: string | undefined;
  let quote: Quote;
  let place: Place = "word";

  const endWord = (): void => {
    const current = commands.at(-1);
    if (word !== undefined && place === "word") current?.words.push(word);
    if (word !== undefined && (place === "write" || (place === "descriptor" && !/^(?:\d+|-)$/.test(word))))
      current?.writes.push(word);
    if (word !== undefined) place = "word";
    word = undefined;
  };
  const endCommand = (): void => {
    endWord();
    commands.push({ words: [], writes: [] });
  };
  const enter = (): void => {
    endCommand();
    outer.push(quote);
    quote = undefined;
  };
  const leave = (): void => {
    endCommand();
    quote = outer.pop();
  };

  for (let at = 0; at < line.length; at += 1) {
    const char = line.charAt(at);
    const next = line.charAt(at + 1);
    if (quote === "'") {
      if (char === "'") quote = undefined;
      else word = (word ?? "") + char;
    } else if (char === "\\") {
      if (next !== "\n") word = (word ?? "") + next;
      at += 1;
    } else if (char === "$" && next === "(") {
      enter();
      at += 1;
    } else if (char === "`") {
      if (inBackticks) leave();
      else enter();
      inBackticks = !inBackticks;
    } else if (quote === '"') {
      if (char === '"') quote = undefined;
      else word = (word ?? "") + char;
    } else if (char === '"' || char === "'") {
      quote = char;
      word ??= "";
    } else if (char === ">" || char === "<") {
      if (word !== undefined && /^\d+$/.test(word)) word = undefined;
      endWord();
      place = next === "&" ? "descriptor" : char === ">" ? "write" : "ignored";
      if (/[>|<&]/.test(next)) at += 1;
    } else if (char === "(") enter();
    else if (char === ")") leave();
    else if (/[;|\n]/.test(char)) endCommand();
    else if (char === "&") {
      if (next === ">") endWord();
      else endCommand();
    } else if (/\s/.test(char)) endWord();
    else if ((char === "{" && /\s/.test(next)) || (char === "}" && word === undefined)) endCommand();
    else if (char === "#" && word === undefined) {
      while (at + 1 < line.length && line.charAt(at + 1) !== "\n") at += 1;
    } else word = (word ?? "") + char;
  }
  endCommand();
  return quote === undefined ? commands.filter(({ words, writes }) => words.length + writes.length > 0) : undefined;
};
