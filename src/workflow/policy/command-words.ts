import { scanLine, type SimpleCommand } from "./scan-line.ts";

/**
 * The simple commands of a shell line, inner ones (`$(…)`, backticks, `bash -c '…'`) too, or undefined where it cannot
 * be read. This finds what is written plainly; whoever hides a command from it is stopped by the sandbox.
 */
export const commandsIn = (line: string, depth = 0): readonly SimpleCommand[] | undefined => {
  if (line.trim() === "" || line.includes("\0") || line.length > LINE_MAX || depth > DEPTH_MAX) return undefined;
  const scanned = scanLine(withoutHereDocuments(line));
  if (scanned === undefined) return undefined;
  const commands: SimpleCommand[] = [];
  for (const raw of scanned) {
    const command = { ...raw, words: withoutWrappers(raw.words) };
    if (command.words.length > 0 || command.writes.length > 0) commands.push(command);
    const inner = innerLine(command.words);
    if (inner === undefined) continue;
    const inside = commandsIn(inner, depth + 1);
    if (inside === undefined) return undefined;
    commands.push(...inside);
  }
  return commands.length === 0 ? undefined : commands;
};

const LINE_MAX = 65_536;
const DEPTH_MAX = 8;

/** The program's name without its folder. */
export const nameOf = (word: string): string => word.slice(word.lastIndexOf("/") + 1);

// What `cat <<EOF` prints is text, what `bash <<EOF` is given are commands.
const withoutHereDocuments = (line: string): string => {
  const kept: string[] = [];
  let until: string | undefined;
  for (const part of line.split("\n")) {
    if (until !== undefined) {
      if (part.trim() === until) until = undefined;
      continue;
    }
    kept.push(part);
    const [, before, , word] = /^(.*?)<<-?[ \t]*(['"]?)(\w+)\2/.exec(part) ?? [];
    if (word !== undefined && !(before ?? "").split(/[\s;&|]+/).some((name) => SHELLS.has(nameOf(name)))) until = word;
  }
  return kept.join("\n");
};

const WRAPPERS: ReadonlySet<string> = new Set(
  "env sudo doas nohup time nice ionice setsid stdbuf command builtin exec then do else if while until ! timeout xargs npx".split(
    " ",
  ),
);

// `FOO=1 env -i sudo -n timeout 5 git push` runs git.
const withoutWrappers = (words: readonly string[]): readonly string[] => {
  let at = 0;
  while (at < words.length) {
    const word = words[at] ?? "";
    const wrapped = at > 0 && (word.startsWith("-") || /^\d+[smhd]?$/.test(word));
    if (!wrapped && !/^\w+=/.test(word) && !WRAPPERS.has(nameOf(word))) break;
    at += 1;
  }
  return words.slice(at);
};

const SHELLS: ReadonlySet<string> = new Set("sh bash dash zsh ksh ash busybox".split(" "));

const innerLine = ([program = "", ...rest]: readonly string[]): string | undefined => {
  const name = nameOf(program);
  if (name === "eval") return rest.length === 0 ? undefined : rest.join(" ");
  if (name === "find") return afterWord(rest, /^-(?:exec|ok)(?:dir)?$/, (words) => words.join(" "));
  return SHELLS.has(name) ? afterWord(rest, /^-[a-z]*c$/, ([line]) => line) : undefined;
};

const afterWord = (
  words: readonly string[],
  wanted: RegExp,
  take: (rest: readonly string[]) => string | undefined,
): string | undefined => {
  const at = words.findIndex((word) => wanted.test(word));
  return at === -1 ? undefined : take(words.slice(at + 1));
};
