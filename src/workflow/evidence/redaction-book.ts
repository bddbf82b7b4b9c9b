import { z } from "zod";

import { digestOf, type Digest } from "../digest.ts";
import { LIMITS } from "../limits.ts";

/** One secret of a run as everybody may know it. */
export interface RedactedSecret {
  /** What stands in `[redacted:<mark>]`: the rule, and a number from the second secret of that rule on. */
  readonly mark: string;
  readonly rule: string;
  /** Of the original. */
  readonly bytes: number;
  /** SHA-256 of salt and original; null for those that are beyond the cap and told together. */
  readonly commitment: Digest | null;
  /** Where it was met first. */
  readonly file: string;
}

/** A secret with what only the owner of the machine may know. */
export interface KeptSecret extends RedactedSecret {
  readonly salt: Uint8Array;
  readonly original: Uint8Array;
}

/** Every secret of one run that was met: the same bytes under the same rule have one mark, one salt, one commitment. */
export interface RedactionBook {
  mark(rule: string, original: Uint8Array, file: string): string;
  readonly secrets: () => readonly RedactedSecret[];
  has(mark: string): boolean;
  /** How often each mark was given since this process opened the book. */
  given(mark: string): number;
}

export interface BookParts {
  readonly kept: readonly KeptSecret[];
  /** 32 bytes of chance. */
  readonly salt: () => Uint8Array;
  /** Called for each new secret before its mark is used; what is beyond the cap has neither salt nor original. */
  readonly onNew: (secret: RedactedSecret | KeptSecret) => void;
}

export const redactionBook = ({ kept, salt, onNew }: BookParts): RedactionBook => {
  const known = new Map<string, RedactedSecret>();
  const marks = new Map<string, RedactedSecret>();
  const ofRule = new Map<string, number>();
  const given = new Map<string, number>();
  const enter = (key: string, secret: RedactedSecret): void => {
    known.set(key, secret);
    marks.set(secret.mark, secret);
    ofRule.set(secret.rule, (ofRule.get(secret.rule) ?? 0) + 1);
  };
  for (const { original, salt: _salt, ...secret } of kept) enter(keyOf(secret.rule, original), secret);

  const entered = (rule: string, original: Uint8Array, file: string): RedactedSecret => {
    const key = keyOf(rule, original);
    const before = known.get(key);
    if (before !== undefined) return before;
    if (known.size >= LIMITS.redactionsMax) {
      const mark = `${rule}${BEYOND}`;
      const more = marks.get(mark) ?? { mark, rule, bytes: 0, commitment: null, file };
      if (!marks.has(mark)) onNew(more);
      marks.set(mark, more);
      return more;
    }
    const place = (ofRule.get(rule) ?? 0) + 1;
    const mark = place === 1 ? rule : `${rule}#${place}`;
    const salted = salt();
    const commitment = digestOf(Buffer.concat([salted, original]));
    const secret = { mark, rule, bytes: original.length, commitment, file };
    enter(key, secret);
    onNew({ ...secret, salt: salted, original });
    return secret;
  };
  return {
    mark: (rule, original, file) => {
      const { mark } = entered(rule, original, file);
      given.set(mark, (given.get(mark) ?? 0) + 1);
      return mark;
    },
    secrets: () => [...marks.values()],
    has: (mark) => marks.has(mark) || (known.size >= LIMITS.redactionsMax && mark.endsWith(BEYOND)),
    given: (mark) => given.get(mark) ?? 0,
  };
};

/** Ends the mark of secrets that are not told apart any more. */
const BEYOND = "#more";

const keyOf = (rule: string, original: Uint8Array): string => `${rule}\0${Buffer.from(original).toString("base64")}`;

const line = z.strictObject({
  mark: z.string(),
  rule: z.string(),
  file: z.string(),
  salt: z.base64(),
  original: z.base64(),
});

/** A line of the private log. */
export const keptLine = ({ mark, rule, file, salt, original }: KeptSecret): string =>
  JSON.stringify({
    mark,
    rule,
    file,
    salt: Buffer.from(salt).toString("base64"),
    original: Buffer.from(original).toString("base64"),
  });

/** What a line of the private log holds; a line that is none, as a kill leaves it, holds nothing. */
export const readKeptLine = (text: string): readonly KeptSecret[] => {
  const read = line.safeParse(jsonOf(text));
  if (!read.success) return [];
  const { mark, rule, file } = read.data;
  const salt = Buffer.from(read.data.salt, "base64");
  const original = Buffer.from(read.data.original, "base64");
  const commitment = digestOf(Buffer.concat([salt, original]));
  return [{ mark, rule, file, bytes: original.length, commitment, salt, original }];
};

const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
