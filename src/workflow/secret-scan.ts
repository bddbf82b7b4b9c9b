import { secretForms } from "./secret-forms.ts";
import type { SecretPattern } from "./secret-rules.ts";
import { endOfBody } from "./secret-shapes.ts";
import { wordMachine } from "./word-machine.ts";

/** A value that must not be found, under the name that stands for it. */
export interface SecretValue {
  readonly rule: string;
  readonly value: string;
}

/** A stretch of a text that is a secret: `from` up to, and without, `to`. */
export interface FoundSecret {
  readonly from: number;
  readonly to: number;
  /** Name of the pattern or value; `/base64` and the like after it where a value is written in another form. */
  readonly rule: string;
}

interface ScannedText {
  /** In order, none touching another. */
  readonly found: readonly FoundSecret[];
  /** From here on what follows the text may still change the answer; its length at an end. */
  readonly settled: number;
}

/** Finds secrets in time linear in the text. A text is Unicode, or bytes as one character each. */
export interface SecretScanner {
  /** Names of everything that is looked for. */
  readonly rules: readonly string[];
  /** Whether a whole text can hold a secret at all; most cannot, and this is soon told. */
  mayHold(text: string): boolean;
  /** `from`: where new text begins; what stands before it only tells whether a word begins there. */
  scan(text: string, from: number, isEnd: "end" | "more"): ScannedText;
}

export const secretScanner = (
  patterns: readonly SecretPattern[],
  values: readonly SecretValue[],
  literals: readonly SecretValue[] = [],
): SecretScanner => {
  const words: readonly Word[] = [
    ...patterns.flatMap((pattern) => pattern.begins.map((text) => ({ text, rule: pattern.name, pattern }))),
    ...values.flatMap(({ rule, value }) =>
      secretForms(value).flatMap(({ form, text }) =>
        [...new Set([text, inBytes(text)])].map((written) => ({
          text: written,
          rule: form === "plain" ? rule : `${rule}/${form}`,
          pattern: undefined,
        })),
      ),
    ),
    ...literals.map(({ rule, value }) => ({ text: value, rule, pattern: undefined })),
  ];
  const machine = wordMachine(words.map(({ text }) => text));
  const some = new RegExp([...new Set(words.map(({ text }) => escaped(text)))].join("|"));
  return {
    mayHold: (text) => words.length > 0 && some.test(text),
    rules: [...new Set([...patterns.map(({ name }) => name), ...[...values, ...literals].map(({ rule }) => rule)])],
    scan: (text, from, isEnd) => {
      const found: FoundSecret[] = [];
      let settled = text.length;
      // Inside what is found already no other pattern begins: each character is looked at twice at most.
      let bodiesEnd = from;
      const depth = machine.walk(text, from, (place, end) => {
        const word = words[place];
        if (word === undefined) return;
        const start = end - word.text.length;
        if (word.pattern === undefined) add(found, { from: start, to: end, rule: word.rule });
        else if (start >= bodiesEnd) {
          const to = endOfBody(word.pattern, text, start, end, isEnd);
          if (to === "open") settled = Math.min(settled, start);
          else if (to !== "none") {
            add(found, { from: start, to, rule: word.rule });
            bodiesEnd = to;
          }
        }
      });
      if (isEnd === "more") settled = Math.min(settled, text.length - depth);
      return cut(found, settled);
    },
  };
};

interface Word {
  readonly text: string;
  readonly rule: string;
  readonly pattern: SecretPattern | undefined;
}

const escaped = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");

const inBytes = (text: string): string => Buffer.from(text, "utf8").toString("latin1");

/** Finds come in the order of their ends; what overlaps or touches from the left becomes one. */
const add = (found: FoundSecret[], next: FoundSecret): void => {
  let { from, to, rule } = next;
  for (let last = found.at(-1); last !== undefined && last.to > from; last = found.at(-1)) {
    if (last.to - last.from >= to - from) rule = last.rule;
    from = Math.min(from, last.from);
    to = Math.max(to, last.to);
    found.pop();
  }
  found.push({ from, to, rule });
};

// What reaches over the settled part waits with it.
const cut = (found: FoundSecret[], settled: number): ScannedText => {
  let until = settled;
  for (let last = found.at(-1); last !== undefined && last.to > until; last = found.at(-1)) {
    until = Math.min(until, last.from);
    found.pop();
  }
  return { found, settled: until };
};
