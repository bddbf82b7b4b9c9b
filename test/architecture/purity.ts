import { isTest, type Rule, type SourceFile } from "./source.ts";
import type { Token } from "./tokens.ts";

const PACKAGES = /^(?:node:crypto|node:path\/posix|zod|yaml|@scure\/bip39\/wordlists\/english\.js)$/;

// Hashing and verifying are functions of their input. Making keys, signing and drawing random bytes are not.
const CRYPTO = new Set([
  "createHash",
  "hash",
  "createPublicKey",
  "verify",
  "constants",
  "timingSafeEqual",
  "KeyObject",
  "JsonWebKey",
]);

/** `workflow/` touches nothing: no I/O, no clock, no environment, no chance. */
export const impurities: Rule = (files) =>
  files
    .filter((file) => file.path.startsWith("src/workflow/") && !isTest(file))
    .flatMap((file) => [...foreignImports(file), ...reachesOut(file)]);

const foreignImports = ({ path, imports }: SourceFile): readonly string[] =>
  imports
    .filter(({ file }) => file === undefined)
    .flatMap(({ from, names, line }) => {
      if (!PACKAGES.test(from)) return [`${path}:${line}: imports ${from}`];
      return from === "node:crypto"
        ? names.filter((name) => !CRYPTO.has(name)).map((name) => `${path}:${line}: takes ${name} of node:crypto`)
        : [];
    });

/** Written as the words in order; `(` and `)` are marks. A call of `new Date()` with an argument only reads it. */
const REACHES: readonly (readonly string[])[] = [
  ["Date", ".", "now"],
  ["new", "Date", "(", ")"],
  ["new", "Date", ";"],
  ["Math", ".", "random"],
  ["performance", "."],
  ["process", "."],
  ["process", "?."],
  ["process", "["],
  ["import", ".", "meta"],
  ["fetch", "("],
  ["setTimeout"],
  ["setInterval"],
  ["setImmediate"],
  ["globalThis"],
  ["console"],
  ["require"],
  ["crypto", "."],
  // What these answer depends on the machine's language and time zone.
  ["localeCompare"],
  ["toLocaleString"],
  ["toLocaleLowerCase"],
  ["toLocaleUpperCase"],
  ["getTimezoneOffset"],
  ["Intl"],
  ["eval", "("],
];

const reachesOut = ({ path, tokens }: SourceFile): readonly string[] =>
  tokens.flatMap((token, at) =>
    REACHES.filter((words) => beginsWith(tokens, at, words)).map((words) => `${path}:${token.line}: ${words.join("")}`),
  );

const beginsWith = (tokens: readonly Token[], at: number, words: readonly string[]): boolean =>
  words.every((word, index) => {
    const token = tokens[at + index];
    return token !== undefined && token.kind !== "string" && token.text === word;
  }) && !isMember(tokens, at);

// `facts.process.x` and `{ fetch: ... }` are somebody's own names.
const isMember = (tokens: readonly Token[], at: number): boolean => {
  const before = tokens[at - 1]?.text;
  return (
    (before === "." || before === "?.") &&
    !["localeCompare", "toLocaleString", "toLocaleLowerCase", "toLocaleUpperCase", "getTimezoneOffset"].includes(
      tokens[at]?.text ?? "",
    )
  );
};
