/** One setting of a git configuration file. */
export interface ConfigEntry {
  /** `section.name` or `section.subsection.name`; section and name in lower case, the subsection as written. */
  readonly key: string;
  /** A name without `=` is true. */
  readonly value: string | true;
  readonly line: number;
}

export type GitConfig =
  | { readonly readable: true; readonly entries: readonly ConfigEntry[] }
  | { readonly readable: false; readonly line: number };

/** Reads a configuration as data, by git's own grammar and nothing more: what git would not read is not readable. */
export const parseGitConfig = (bytes: Uint8Array): GitConfig => {
  const reader = readerOf(bytes);
  const entries: ConfigEntry[] = [];
  let section = "";
  for (;;) {
    const char = reader.next();
    if (char === END) return { readable: true, entries };
    if (isSpace(char) || char === "\n") continue;
    if (char === "#" || char === ";") {
      skipLine(reader);
      continue;
    }
    const line = reader.line();
    if (char === "[") {
      const named = readSection(reader);
      if (named === undefined) return { readable: false, line };
      section = named;
      continue;
    }
    const setting = section === "" || !/[a-z]/i.test(char) ? undefined : readSetting(reader, char.toLowerCase());
    if (setting === undefined) return { readable: false, line };
    entries.push({ key: textOf(`${section}.${setting.name}`), value: asText(setting.value), line });
  }
};

/** Whether git reads the value as false; every other value, also one that git would not take, counts as set. */
export const isOff = (value: string | true): boolean => value !== true && /^(?:false|no|off|0+|)$/i.test(value);

/** What a byte-wise reading gave, as UTF-8 where it is. */
const textOf = (latin1: string): string => Buffer.from(latin1, "latin1").toString("utf8");
const asText = (value: string | true): string | true => (value === true ? true : textOf(value));

const END = "";

interface Reader {
  /** The next character, `\r\n` as `\n`; END after the last. */
  readonly next: () => string;
  readonly peek: () => string;
  readonly line: () => number;
}

const readerOf = (bytes: Uint8Array): Reader => {
  const text = Buffer.from(bytes)
    .toString("latin1")
    .replace(/^\u00ef\u00bb\u00bf/, "")
    .replaceAll("\r\n", "\n");
  let at = 0;
  let line = 1;
  return {
    next: () => {
      const char = text[at] ?? END;
      at += 1;
      if (char === "\n") line += 1;
      return char;
    },
    peek: () => text[at] ?? END,
    line: () => line,
  };
};

const isSpace = (char: string): boolean => char === " " || char === "\t" || char === "\r";
const isNameChar = (char: string): boolean => /^[a-z0-9-]$/i.test(char);

const skipLine = (reader: Reader): void => {
  while (reader.peek() !== "\n" && reader.peek() !== END) reader.next();
};

const readSection = (reader: Reader): string | undefined => {
  let name = "";
  for (;;) {
    const char = reader.next();
    if (char === "]") return name === "" ? undefined : name;
    if (isSpace(char)) return name === "" ? undefined : readSubsection(reader, name);
    if (!isNameChar(char) && char !== ".") return undefined;
    name += char.toLowerCase();
  }
};

const readSubsection = (reader: Reader, section: string): string | undefined => {
  let char = reader.next();
  while (isSpace(char)) char = reader.next();
  if (char !== '"') return undefined;
  let name = `${section}.`;
  for (;;) {
    char = reader.next();
    if (char === '"') return reader.next() === "]" ? name : undefined;
    if (char === "\\") char = reader.next();
    if (char === "\n" || char === END || char === "\0") return undefined;
    name += char;
  }
};

interface Setting {
  readonly name: string;
  readonly value: string | true;
}

const readSetting = (reader: Reader, first: string): Setting | undefined => {
  let name = first;
  while (isNameChar(reader.peek())) name += reader.next().toLowerCase();
  let char = reader.next();
  while (char === " " || char === "\t") char = reader.next();
  if (char === "\n" || char === END) return { name, value: true };
  const value = char === "=" ? readValue(reader) : undefined;
  return value === undefined ? undefined : { name, value };
};

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ["n", "\n"],
  ["t", "\t"],
  ["b", "\b"],
  ["\\", "\\"],
  ['"', '"'],
  ["\n", ""],
]);

const readValue = (reader: Reader): string | undefined => {
  let value = "";
  let spaces = "";
  let quoted = false;
  for (;;) {
    const char = reader.next();
    if (char === "\n" || char === END) return quoted ? undefined : value;
    if (char === "\0") return undefined;
    if (!quoted && isSpace(char)) {
      if (value !== "") spaces += " ";
      continue;
    }
    if (!quoted && (char === "#" || char === ";")) {
      skipLine(reader);
      continue;
    }
    value += spaces;
    spaces = "";
    if (char === '"') {
      quoted = !quoted;
      continue;
    }
    const escaped = char === "\\" ? ESCAPES.get(reader.next()) : char;
    if (escaped === undefined) return undefined;
    value += escaped;
  }
};
